"""circles_and_learning."""

import sqlalchemy as sa
from alembic import op

from network.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(rule) <= 200", name=op.f("ck_session_series_rule_length")),
        sa.CheckConstraint("length(zone) <= 64", name=op.f("ck_session_series_zone_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_series")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(digest) <= 64", name=op.f("ck_calendar_feed_digest_length")),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_calendar_feed_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(
            "uq_calendar_feed_live",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "circle",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "working_out_loud",
                "action_learning",
                "mastermind",
                "peer_coaching",
                "practice",
                "team",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(length=600), nullable=False),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("rhythm", sa.String(length=120), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "open",
                "request",
                "invitation",
                "hidden",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "life",
            sa.Enum(
                "forming",
                "running",
                "resting",
                "closing",
                "archived",
                name="life",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("most", sa.SmallInteger(), nullable=False),
        sa.Column(
            "opens_when",
            sa.Enum(
                "everyone",
                "anyone",
                name="openingrule",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("leavers_keep", sa.Boolean(), nullable=False),
        sa.Column("agreements_version", sa.Integer(), nullable=False),
        sa.Column("grace_from", sa.Integer(), nullable=False),
        sa.Column("grace_until", UtcDateTime(), nullable=False),
        sa.Column("review_at", UtcDateTime(), nullable=True),
        sa.Column(
            "founder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column("founded_at", UtcDateTime(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(life = 'archived') = (ended_at IS NOT NULL)",
            name=op.f("ck_circle_ended_when_archived"),
        ),
        sa.CheckConstraint("agreements_version >= 1", name=op.f("ck_circle_has_agreements")),
        sa.CheckConstraint("length(about) <= 2000", name=op.f("ck_circle_about_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_circle_name_length")),
        sa.CheckConstraint("length(purpose) <= 600", name=op.f("ck_circle_purpose_length")),
        sa.CheckConstraint("length(rhythm) <= 120", name=op.f("ck_circle_rhythm_length")),
        sa.CheckConstraint("length(slug) <= 60", name=op.f("ck_circle_slug_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_circle_submission_length")),
        sa.CheckConstraint("most BETWEEN 2 AND 500", name=op.f("ck_circle_size")),
        sa.ForeignKeyConstraint(
            ["founder_id"], ["member.id"], name=op.f("fk_circle_founder_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle")),
        sa.UniqueConstraint("founder_id", "submission", name="uq_circle_submission"),
        sa.UniqueConstraint("slug", name=op.f("uq_circle_slug")),
    )
    with op.batch_alter_table("circle", schema=None) as batch_op:
        batch_op.create_index("ix_circle_founded_at", ["founded_at"], unique=False)

    op.create_table(
        "green_room",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("asker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("harvest", sa.Text(), nullable=False),
        sa.Column("harvested_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(harvest = '') = (harvested_at IS NULL)", name=op.f("ck_green_room_harvested_is_both")
        ),
        sa.CheckConstraint(
            "closes_at > opened_at", name=op.f("ck_green_room_closes_after_it_opens")
        ),
        sa.CheckConstraint("length(harvest) <= 4000", name=op.f("ck_green_room_harvest_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_green_room_key_length")),
        sa.CheckConstraint("length(question) <= 300", name=op.f("ck_green_room_question_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_green_room_submission_length")
        ),
        sa.CheckConstraint("length(why) <= 2000", name=op.f("ck_green_room_why_length")),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["member.id"], name=op.f("fk_green_room_asker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_green_room")),
        sa.UniqueConstraint("asker_id", "submission", name="uq_green_room_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_green_room_key")),
    )
    with op.batch_alter_table("green_room", schema=None) as batch_op:
        batch_op.create_index("ix_green_room_closes_at", ["closes_at"], unique=False)

    op.create_table(
        "learning_need",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "hosted",
                "let_go",
                name="needstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_learning_need_ended_when_over")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_learning_need_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_learning_need_submission_length")
        ),
        sa.CheckConstraint("length(why) <= 1000", name=op.f("ck_learning_need_why_length")),
        sa.CheckConstraint("length(words) <= 300", name=op.f("ck_learning_need_words_length")),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_learning_need_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_need")),
        sa.UniqueConstraint("key", name=op.f("uq_learning_need_key")),
        sa.UniqueConstraint("member_id", "submission", name="uq_learning_need_submission"),
    )
    with op.batch_alter_table("learning_need", schema=None) as batch_op:
        batch_op.create_index("ix_learning_need_written_at", ["written_at"], unique=False)

    op.create_table(
        "agreements",
        sa.Column(
            "circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("put_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(words) <= 4000", name=op.f("ck_agreements_words_length")),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_agreements_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["put_by_id"], ["member.id"], name=op.f("fk_agreements_put_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("circle_id", "version", name=op.f("pk_agreements")),
    )
    op.create_table(
        "circle_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint("length(body) <= 20000", name=op.f("ck_circle_note_body_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_circle_note_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_circle_note_submission_length")
        ),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_circle_note_title_length")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_circle_note_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_circle_note_circle_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_note")),
        sa.UniqueConstraint("circle_id", "submission", name="uq_circle_note_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_circle_note_key")),
    )
    with op.batch_alter_table("circle_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_circle_note_circle_id"), ["circle_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "proposer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "about",
            sa.Enum(
                "matter",
                "agreements",
                name="decisionabout",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "adopted",
                "set_aside",
                name="decisionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.Column("open_until", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_decision_ended_when_over")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_decision_key_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_decision_submission_length")),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_decision_title_length")),
        sa.CheckConstraint("length(words) <= 4000", name=op.f("ck_decision_words_length")),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_decision_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"],
            ["member.id"],
            name=op.f("fk_decision_proposer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("circle_id", "submission", name="uq_decision_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_decision_key")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_circle_id"), ["circle_id"], unique=False)

    op.create_table(
        "learning_interest",
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_learning_interest_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["learning_need.id"],
            name=op.f("fk_learning_interest_need_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("need_id", "member_id", name=op.f("pk_learning_interest")),
    )
    with op.batch_alter_table("learning_interest", schema=None) as batch_op:
        batch_op.create_index("ix_learning_interest_member_id", ["member_id"], unique=False)

    op.create_table(
        "learning_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "workshop",
                "circle_meeting",
                "peer_coaching",
                "action_learning",
                "talk",
                name="format",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("how", sa.String(length=600), nullable=False),
        sa.Column("place", sa.String(length=600), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "draft",
                "scheduled",
                "cancelled",
                name="sessionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_words", sa.String(length=600), nullable=False),
        sa.Column("harvested_at", UtcDateTime(), nullable=True),
        sa.Column("prepared", sa.JSON(), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_learning_session_cancelled_is_both"),
        ),
        sa.CheckConstraint(
            "(state = 'scheduled') <= (starts_at IS NOT NULL)",
            name=op.f("ck_learning_session_scheduled_has_a_time"),
        ),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_learning_session_both_times")
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_learning_session_ends_after_it_starts")
        ),
        sa.CheckConstraint(
            "length(cancelled_words) <= 600",
            name=op.f("ck_learning_session_cancelled_words_length"),
        ),
        sa.CheckConstraint("length(how) <= 600", name=op.f("ck_learning_session_how_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_learning_session_key_length")),
        sa.CheckConstraint("length(place) <= 600", name=op.f("ck_learning_session_place_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_learning_session_submission_length")
        ),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_learning_session_title_length")),
        sa.CheckConstraint("length(uid) <= 120", name=op.f("ck_learning_session_uid_length")),
        sa.CheckConstraint("length(words) <= 4000", name=op.f("ck_learning_session_words_length")),
        sa.CheckConstraint("length(zone) <= 64", name=op.f("ck_learning_session_zone_length")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_learning_session_sequence")),
        sa.ForeignKeyConstraint(
            ["circle_id"],
            ["circle.id"],
            name=op.f("fk_learning_session_circle_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["learning_need.id"],
            name=op.f("fk_learning_session_need_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"],
            ["member.id"],
            name=op.f("fk_learning_session_proposer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["session_series.id"],
            name=op.f("fk_learning_session_series_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_session")),
        sa.UniqueConstraint("key", name=op.f("uq_learning_session_key")),
        sa.UniqueConstraint("proposer_id", "submission", name="uq_learning_session_submission"),
        sa.UniqueConstraint("uid", name=op.f("uq_learning_session_uid")),
    )
    with op.batch_alter_table("learning_session", schema=None) as batch_op:
        batch_op.create_index(
            "ix_learning_session_circle_id", ["circle_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_learning_session_series_id"), ["series_id"], unique=False
        )
        batch_op.create_index("ix_learning_session_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "applied",
                "queued",
                "member",
                "resting",
                "left",
                "released",
                "removed",
                "withdrawn",
                "lapsed",
                name="membershipstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "came_by",
            sa.Enum(
                "founded",
                "invited",
                "applied",
                "open",
                name="cameby",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("rests_until", UtcDateTime(), nullable=True),
        sa.Column("facilitates", sa.Boolean(), nullable=False),
        sa.Column("facilitates_until", UtcDateTime(), nullable=True),
        sa.Column("does", sa.String(length=120), nullable=False),
        sa.Column("agreed_version", sa.Integer(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("goodbye", sa.String(length=600), nullable=False),
        sa.CheckConstraint(
            "(state IN ('invited', 'applied')) <= (expires_at IS NOT NULL)",
            name=op.f("ck_membership_asks_expire"),
        ),
        sa.CheckConstraint(
            "(state IN ('invited', 'applied', 'queued', 'member', 'resting')) = (ended_at IS NULL)",
            name=op.f("ck_membership_ended_when_over"),
        ),
        sa.CheckConstraint(
            "(state IN ('member', 'resting', 'left', 'released', 'removed')) = (since IS NOT NULL)",
            name=op.f("ck_membership_since_when_in"),
        ),
        sa.CheckConstraint(
            "facilitates <= (state IN ('member', 'resting', 'left', 'released', 'removed'))",
            name=op.f("ck_membership_facilitators_are_in_it"),
        ),
        sa.CheckConstraint("length(does) <= 120", name=op.f("ck_membership_does_length")),
        sa.CheckConstraint("length(goodbye) <= 600", name=op.f("ck_membership_goodbye_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_membership_key_length")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["member.id"], name=op.f("fk_membership_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_membership_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_membership_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("key", name=op.f("uq_membership_key")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_circle_id", ["circle_id", "state"], unique=False)
        batch_op.create_index("ix_membership_member_id", ["member_id", "circle_id"], unique=False)
        batch_op.create_index(
            "uq_membership_live",
            ["circle_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('invited', 'applied', 'queued', 'member', 'resting')"),
            postgresql_where=sa.text(
                "state IN ('invited', 'applied', 'queued', 'member', 'resting')"
            ),
        )

    op.create_table(
        "circle_note_version",
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(body) <= 20000", name=op.f("ck_circle_note_version_body_length")
        ),
        sa.CheckConstraint(
            "length(title) <= 120", name=op.f("ck_circle_note_version_title_length")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["member.id"],
            name=op.f("fk_circle_note_version_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["circle_note.id"],
            name=op.f("fk_circle_note_version_note_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", "version", name=op.f("pk_circle_note_version")),
    )
    op.create_table(
        "commitment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "let_go",
                name="commitmentstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("told", sa.String(length=600), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_commitment_ended_when_over")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_commitment_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_commitment_submission_length")
        ),
        sa.CheckConstraint("length(told) <= 600", name=op.f("ck_commitment_told_length")),
        sa.CheckConstraint("length(words) <= 600", name=op.f("ck_commitment_words_length")),
        sa.CheckConstraint(
            "session_id IS NOT NULL OR circle_id IS NOT NULL",
            name=op.f("ck_commitment_said_somewhere"),
        ),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_commitment_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_commitment_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_session.id"],
            name=op.f("fk_commitment_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("key", name=op.f("uq_commitment_key")),
        sa.UniqueConstraint("member_id", "submission", name="uq_commitment_submission"),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitment_circle_id"), ["circle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_session_id"), ["session_id"], unique=False)

    op.create_table(
        "harvest_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("readers", sa.SmallInteger(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR words = ''",
            name=op.f("ck_harvest_entry_withdrawn_words_are_gone"),
        ),
        sa.CheckConstraint(
            "(session_id IS NULL) <> (circle_id IS NULL)",
            name=op.f("ck_harvest_entry_of_one_thing"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_harvest_entry_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_harvest_entry_submission_length")
        ),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_harvest_entry_words_length")),
        sa.CheckConstraint("readers IN (2, 3)", name=op.f("ck_harvest_entry_readers")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["member.id"],
            name=op.f("fk_harvest_entry_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["circle_id"],
            ["circle.id"],
            name=op.f("fk_harvest_entry_circle_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_session.id"],
            name=op.f("fk_harvest_entry_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["member.id"],
            name=op.f("fk_harvest_entry_written_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_harvest_entry_key")),
        sa.UniqueConstraint("written_by_id", "submission", name="uq_harvest_entry_submission"),
    )
    with op.batch_alter_table("harvest_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_harvest_entry_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_harvest_entry_circle_id"), ["circle_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_harvest_entry_session_id"), ["session_id"], unique=False
        )

    op.create_table(
        "round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column(
            "presenter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("brings", sa.String(length=300), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR began_at IS NOT NULL", name=op.f("ck_round_began_before_it_ended")
        ),
        sa.CheckConstraint("length(brings) <= 300", name=op.f("ck_round_brings_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_round_key_length")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f("ck_round_minutes")),
        sa.ForeignKeyConstraint(
            ["presenter_id"], ["member.id"], name=op.f("fk_round_presenter_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_session.id"],
            name=op.f("fk_round_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("key", name=op.f("uq_round_key")),
        sa.UniqueConstraint("session_id", "position", name="uq_round_position"),
    )
    op.create_table(
        "seat_kind",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("capacity", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 1000", name=op.f("ck_seat_kind_capacity")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_seat_kind_key_length")),
        sa.CheckConstraint("length(name) <= 60", name=op.f("ck_seat_kind_name_length")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_session.id"],
            name=op.f("fk_seat_kind_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_seat_kind_key")),
        sa.UniqueConstraint("session_id", "position", name="uq_seat_kind_position"),
    )
    op.create_table(
        "session_host",
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_session_host_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_session.id"],
            name=op.f("fk_session_host_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_session_host")),
    )
    with op.batch_alter_table("session_host", schema=None) as batch_op:
        batch_op.create_index("ix_session_host_member_id", ["member_id"], unique=False)

    op.create_table(
        "voice",
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("consents", sa.Boolean(), nullable=False),
        sa.Column("concern", sa.String(length=2000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(concern = '') = consents", name=op.f("ck_voice_consent_or_concern")),
        sa.CheckConstraint("length(concern) <= 2000", name=op.f("ck_voice_concern_length")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_voice_decision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_voice_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", "member_id", name=op.f("pk_voice")),
    )
    op.create_table(
        "round_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_round_question_submission_length")
        ),
        sa.CheckConstraint("length(words) <= 300", name=op.f("ck_round_question_words_length")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["member.id"],
            name=op.f("fk_round_question_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_question_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_question")),
        sa.UniqueConstraint("author_id", "submission", name="uq_round_question_submission"),
    )
    with op.batch_alter_table("round_question", schema=None) as batch_op:
        batch_op.create_index("ix_round_question_round_id", ["round_id", "at"], unique=False)

    op.create_table(
        "seat",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "going",
                "waitlisted",
                "offered",
                "passed",
                "left",
                name="seatstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("offer_until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column(
            "attended",
            sa.Enum(
                "attended",
                "missed",
                name="attendance",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(state = 'offered') = (offer_until IS NOT NULL)", name=op.f("ck_seat_offers_have_time")
        ),
        sa.CheckConstraint(
            "(state IN ('going', 'waitlisted', 'offered')) = (ended_at IS NULL)",
            name=op.f("ck_seat_ended_when_over"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_seat_key_length")),
        sa.CheckConstraint("length(words) <= 600", name=op.f("ck_seat_words_length")),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["seat_kind.id"], name=op.f("fk_seat_kind_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_seat_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_session.id"],
            name=op.f("fk_seat_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("key", name=op.f("uq_seat_key")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index("ix_seat_kind_id", ["kind_id", "state", "line"], unique=False)
        batch_op.create_index("ix_seat_member_id", ["member_id", "state"], unique=False)
        batch_op.create_index("ix_seat_offer_until", ["offer_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uq_seat_live",
            ["session_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('going', 'waitlisted', 'offered')"),
            postgresql_where=sa.text("state IN ('going', 'waitlisted', 'offered')"),
        )

    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "body_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=False,
                server_default="0",
            )
        )
        batch_op.drop_index("uq_ask_live_pair")
        batch_op.create_index(
            "uq_ask_live_pair",
            ["kind", "low_id", "high_id", "body_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.alter_column("body_id", server_default=None)

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("who_may_invite", sa.String(24), nullable=False, server_default="anyone")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_participation_who_may_invite"),
            "who_may_invite IN ('anyone', 'shared', 'introduced', 'nobody')",
        )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.alter_column("who_may_invite", server_default=None)

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lapses_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closes_at", UtcDateTime(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_conversation_about"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_conversation_about"),
            "about IN ('direct', 'group', 'introduction', 'circle', 'session', 'green_room')",
        )


def downgrade() -> None:
    # What an older form of the network cannot hold goes with what it was about.
    gone = "SELECT id FROM conversation WHERE about IN ('circle', 'session', 'green_room')"
    for table, column in (
        ("message", "conversation_id"),
        ("participant", "conversation_id"),
        ("conversation", "id"),
    ):
        op.execute(f"DELETE FROM {table} WHERE {column} IN ({gone})")  # noqa: S608  # fixed names
    op.execute("DELETE FROM ask WHERE body_id <> 0")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_conversation_about"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_conversation_about"), "about IN ('direct', 'group', 'introduction')"
        )
        batch_op.drop_column("closes_at")

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("lapses_at")

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_participation_who_may_invite"), type_="check")
        batch_op.drop_column("who_may_invite")

    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_index("uq_ask_live_pair")
        batch_op.drop_column("body_id")
        batch_op.create_index(
            "uq_ask_live_pair",
            ["kind", "low_id", "high_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seat_live",
            sqlite_where=sa.text("state IN ('going', 'waitlisted', 'offered')"),
            postgresql_where=sa.text("state IN ('going', 'waitlisted', 'offered')"),
        )
        batch_op.drop_index(batch_op.f("ix_seat_session_id"))
        batch_op.drop_index("ix_seat_offer_until")
        batch_op.drop_index("ix_seat_member_id")
        batch_op.drop_index("ix_seat_kind_id")

    op.drop_table("seat")
    with op.batch_alter_table("round_question", schema=None) as batch_op:
        batch_op.drop_index("ix_round_question_round_id")

    op.drop_table("round_question")
    op.drop_table("voice")
    with op.batch_alter_table("session_host", schema=None) as batch_op:
        batch_op.drop_index("ix_session_host_member_id")

    op.drop_table("session_host")
    op.drop_table("seat_kind")
    op.drop_table("round")
    with op.batch_alter_table("harvest_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_harvest_entry_session_id"))
        batch_op.drop_index(batch_op.f("ix_harvest_entry_circle_id"))
        batch_op.drop_index(batch_op.f("ix_harvest_entry_author_id"))

    op.drop_table("harvest_entry")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_session_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_circle_id"))

    op.drop_table("commitment")
    op.drop_table("circle_note_version")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_live",
            sqlite_where=sa.text("state IN ('invited', 'applied', 'queued', 'member', 'resting')"),
            postgresql_where=sa.text(
                "state IN ('invited', 'applied', 'queued', 'member', 'resting')"
            ),
        )
        batch_op.drop_index("ix_membership_member_id")
        batch_op.drop_index("ix_membership_circle_id")

    op.drop_table("membership")
    with op.batch_alter_table("learning_session", schema=None) as batch_op:
        batch_op.drop_index("ix_learning_session_starts_at")
        batch_op.drop_index(batch_op.f("ix_learning_session_series_id"))
        batch_op.drop_index("ix_learning_session_circle_id")

    op.drop_table("learning_session")
    with op.batch_alter_table("learning_interest", schema=None) as batch_op:
        batch_op.drop_index("ix_learning_interest_member_id")

    op.drop_table("learning_interest")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_circle_id"))

    op.drop_table("decision")
    with op.batch_alter_table("circle_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_circle_note_circle_id"))

    op.drop_table("circle_note")
    op.drop_table("agreements")
    with op.batch_alter_table("learning_need", schema=None) as batch_op:
        batch_op.drop_index("ix_learning_need_written_at")

    op.drop_table("learning_need")
    with op.batch_alter_table("green_room", schema=None) as batch_op:
        batch_op.drop_index("ix_green_room_closes_at")

    op.drop_table("green_room")
    with op.batch_alter_table("circle", schema=None) as batch_op:
        batch_op.drop_index("ix_circle_founded_at")

    op.drop_table("circle")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calendar_feed_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("calendar_feed")
    op.drop_table("session_series")
