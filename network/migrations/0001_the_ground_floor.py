"""the_ground_floor."""

import sqlalchemy as sa
from alembic import op

from network.append_only import append_only, forget_append_only
from network.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=600), nullable=False),
        sa.Column("through", sa.String(length=200), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("welcomed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_application_email_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_application_key_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_application_name_length")),
        sa.CheckConstraint("length(purpose) <= 600", name=op.f("ck_application_purpose_length")),
        sa.CheckConstraint("length(through) <= 200", name=op.f("ck_application_through_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("key", name=op.f("uq_application_key")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_email"), ["email"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint("length(kind) <= 80", name=op.f("ck_event_kind_length")),
        sa.CheckConstraint("length(subject_kind) <= 40", name=op.f("ck_event_subject_kind_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_actor_id", ["actor_id", "id"], unique=False)
        batch_op.create_index(
            "ix_event_subject", ["subject_kind", "subject_id", "id"], unique=False
        )

    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handle", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pronouns", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "member",
                "paused",
                "leaving",
                "suspended",
                "departed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("steward", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column(
            "invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("portrait_version", sa.Integer(), nullable=False),
        sa.Column("belongs", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("length(belongs) <= 2000", name=op.f("ck_member_belongs_length")),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_member_email_length")),
        sa.CheckConstraint("length(handle) <= 30", name=op.f("ck_member_handle_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_member_name_length")),
        sa.CheckConstraint(
            "length(password_hash) <= 200", name=op.f("ck_member_password_hash_length")
        ),
        sa.CheckConstraint("length(pronouns) <= 30", name=op.f("ck_member_pronouns_length")),
        sa.CheckConstraint("length(theme) <= 8", name=op.f("ck_member_theme_length")),
        sa.CheckConstraint("length(time_zone) <= 64", name=op.f("ck_member_time_zone_length")),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["member.id"], name=op.f("fk_member_invited_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email", name=op.f("uq_member_email")),
        sa.UniqueConstraint("handle", name=op.f("uq_member_handle")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index("ix_member_joined_at", ["joined_at"], unique=False)

    op.create_table(
        "network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=600), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column(
            "joining",
            sa.Enum(
                "invitation",
                "application",
                "open",
                name="joining",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("questions", sa.String(length=2000), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_network_one_row")),
        sa.CheckConstraint("length(about) <= 600", name=op.f("ck_network_about_length")),
        sa.CheckConstraint("length(language) <= 12", name=op.f("ck_network_language_length")),
        sa.CheckConstraint("length(name) <= 60", name=op.f("ck_network_name_length")),
        sa.CheckConstraint("length(questions) <= 2000", name=op.f("ck_network_questions_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
    )
    op.create_table(
        "ask",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("asker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "addressee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("low_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("high_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "declined",
                "withdrawn",
                "lapsed",
                "closed",
                name="askstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('waiting', 'lapsed')) = (ended_at IS NULL)",
            name=op.f("ck_ask_ended_when_over"),
        ),
        sa.CheckConstraint("asker_id != addressee_id", name=op.f("ck_ask_two_people")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_ask_key_length")),
        sa.CheckConstraint("length(kind) <= 24", name=op.f("ck_ask_kind_length")),
        sa.CheckConstraint("length(reason) <= 2000", name=op.f("ck_ask_reason_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_ask_submission_length")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_ask_pair")),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["member.id"], name=op.f("fk_ask_addressee_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["member.id"], name=op.f("fk_ask_asker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("asker_id", "submission", name="uq_ask_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_ask_key")),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ask_addressee_id", ["addressee_id", "state", "expires_at"], unique=False
        )
        batch_op.create_index("ix_ask_asker_id", ["asker_id", "sent_at"], unique=False)
        batch_op.create_index(
            "uq_ask_live_pair",
            ["kind", "low_id", "high_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "block",
        sa.Column(
            "blocker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "blocked_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("blocker_id != blocked_id", name=op.f("ck_block_two_people")),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["member.id"], name=op.f("fk_block_blocked_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["member.id"], name=op.f("fk_block_blocker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_block")),
    )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.create_index("ix_block_blocked_id", ["blocked_id", "blocker_id"], unique=False)

    op.create_table(
        "connection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("low_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("high_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "asker_id IN (low_id, high_id)", name=op.f("ck_connection_asker_is_one")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_connection_key_length")),
        sa.CheckConstraint("length(reason) <= 2000", name=op.f("ck_connection_reason_length")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_connection_two_people")),
        sa.ForeignKeyConstraint(
            ["high_id"], ["member.id"], name=op.f("fk_connection_high_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["low_id"], ["member.id"], name=op.f("fk_connection_low_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sa.UniqueConstraint("key", name=op.f("uq_connection_key")),
    )
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.create_index("ix_connection_high_id", ["high_id", "low_id"], unique=False)
        batch_op.create_index(
            "uq_connection_live",
            ["low_id", "high_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("gave_up_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.CheckConstraint("length(channel) <= 20", name=op.f("ck_delivery_channel_length")),
        sa.CheckConstraint("length(failure) <= 300", name=op.f("ck_delivery_failure_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_delivery_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_due",
            ["channel", "due_at"],
            unique=False,
            postgresql_where=sa.text("gave_up_at IS NULL"),
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("steward", sa.Boolean(), nullable=False),
        sa.Column(
            "invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_invitation_email_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_invitation_key_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_invitation_name_length")),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["member.id"],
            name=op.f("fk_invitation_invited_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("key", name=op.f("uq_invitation_key")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_email"), ["email"], unique=False)

    op.create_table(
        "participation",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("half_days", sa.SmallInteger(), nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("hours", sa.String(length=120), nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("pace", sa.String(length=120), nullable=False),
        sa.Column(
            "who_may_connect",
            sa.Enum(
                "anyone",
                "shared",
                "introduced",
                "nobody",
                name="whomayask",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "half_days BETWEEN 0 AND 40", name=op.f("ck_participation_half_days_a_month")
        ),
        sa.CheckConstraint(
            "length(from_month) <= 7", name=op.f("ck_participation_from_month_length")
        ),
        sa.CheckConstraint("length(hours) <= 120", name=op.f("ck_participation_hours_length")),
        sa.CheckConstraint("length(pace) <= 120", name=op.f("ck_participation_pace_length")),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_participation_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_participation")),
    )
    op.create_table(
        "past_purpose",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("body", sa.String(length=600), nullable=False),
        sa.Column("what_changed", sa.String(length=300), nullable=False),
        sa.Column("shown_to", sa.SmallInteger(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(body) <= 600", name=op.f("ck_past_purpose_body_length")),
        sa.CheckConstraint(
            "length(what_changed) <= 300", name=op.f("ck_past_purpose_what_changed_length")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_past_purpose_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_purpose")),
    )
    with op.batch_alter_table("past_purpose", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_past_purpose_member_id"), ["member_id"], unique=False)

    op.create_table(
        "portrait",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_portrait_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_portrait")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("terms", sa.String(length=1000), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_saved_search_key_length")),
        sa.CheckConstraint("length(terms) <= 1000", name=op.f("ck_saved_search_terms_length")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_saved_search_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_search_key")),
        sa.UniqueConstraint("member_id", "terms", name=op.f("uq_saved_search_member_id_terms")),
    )
    op.create_table(
        "section",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "part",
            sa.Enum(
                "purpose",
                "history",
                "themes",
                "problems",
                "offers",
                "looking_for",
                "learning",
                "sharing",
                "story",
                "roles",
                "links",
                "stage",
                "place",
                "languages",
                "availability",
                "contact",
                "circles",
                "connections",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("shown_to", sa.SmallInteger(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "part != 'contact' OR audience <= 3", name=op.f("ck_section_contact_not_on_the_web")
        ),
        sa.CheckConstraint("length(body) <= 8000", name=op.f("ck_section_body_length")),
        sa.CheckConstraint("shown_to <= audience", name=op.f("ck_section_promise")),
        sa.CheckConstraint(
            "shown_to BETWEEN 1 AND 4 AND audience BETWEEN 1 AND 4", name=op.f("ck_section_levels")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_section_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "part", name=op.f("pk_section")),
    )
    op.create_table(
        "sent_letter",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(digest) <= 32", name=op.f("ck_sent_letter_digest_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_sent_letter_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "digest", name=op.f("pk_sent_letter")),
    )
    op.create_table(
        "shield",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("mark", sa.String(length=120), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_shield_key_length")),
        sa.CheckConstraint("length(label) <= 120", name=op.f("ck_shield_label_length")),
        sa.CheckConstraint("length(mark) <= 120", name=op.f("ck_shield_mark_length")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_shield_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shield")),
        sa.UniqueConstraint("key", name=op.f("uq_shield_key")),
        sa.UniqueConstraint("member_id", "mark", name=op.f("uq_shield_member_id_mark")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("fresh_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(device) <= 120", name=op.f("ck_sign_in_device_length")),
        sa.CheckConstraint("length(digest) <= 64", name=op.f("ck_sign_in_digest_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_sign_in_key_length")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_sign_in_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_digest")),
        sa.UniqueConstraint("key", name=op.f("uq_sign_in_key")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_member_id"), ["member_id"], unique=False)

    append_only("event")


def downgrade() -> None:
    forget_append_only("event")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_member_id"))

    op.drop_table("sign_in")
    op.drop_table("shield")
    op.drop_table("sent_letter")
    op.drop_table("section")
    op.drop_table("saved_search")
    op.drop_table("portrait")
    with op.batch_alter_table("past_purpose", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_past_purpose_member_id"))

    op.drop_table("past_purpose")
    op.drop_table("participation")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_email"))

    op.drop_table("invitation")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_due", postgresql_where=sa.text("gave_up_at IS NULL"))

    op.drop_table("delivery")
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_connection_live",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_connection_high_id")

    op.drop_table("connection")
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.drop_index("ix_block_blocked_id")

    op.drop_table("block")
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ask_live_pair",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_ask_asker_id")
        batch_op.drop_index("ix_ask_addressee_id")

    op.drop_table("ask")
    op.drop_table("network")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index("ix_member_joined_at")

    op.drop_table("member")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject")
        batch_op.drop_index("ix_event_actor_id")

    op.drop_table("event")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_email"))

    op.drop_table("application")
