"""organisations_and_referrals."""

import sqlalchemy as sa
from alembic import op

from network.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=600), nullable=False),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("domain", sa.String(length=120), nullable=False),
        sa.Column(
            "verified_by",
            sa.Enum(
                "address",
                "steward",
                name="verifiedby",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("asks_steward", sa.String(length=600), nullable=False),
        sa.Column("asks_steward_at", UtcDateTime(), nullable=True),
        sa.Column("maker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("readiness_version", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "verified_by != 'address' OR domain != ''",
            name=op.f("ck_organisation_address_has_domain"),
        ),
        sa.CheckConstraint(
            "(verified_by IS NULL) = (verified_at IS NULL)",
            name=op.f("ck_organisation_verified_is_both"),
        ),
        sa.CheckConstraint("length(about) <= 2000", name=op.f("ck_organisation_about_length")),
        sa.CheckConstraint(
            "length(asks_steward) <= 600", name=op.f("ck_organisation_asks_steward_length")
        ),
        sa.CheckConstraint("length(domain) <= 120", name=op.f("ck_organisation_domain_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_organisation_name_length")),
        sa.CheckConstraint("length(place) <= 120", name=op.f("ck_organisation_place_length")),
        sa.CheckConstraint("length(purpose) <= 600", name=op.f("ck_organisation_purpose_length")),
        sa.CheckConstraint("length(slug) <= 60", name=op.f("ck_organisation_slug_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_organisation_submission_length")
        ),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["member.id"], name=op.f("fk_organisation_maker_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("maker_id", "submission", name="uq_organisation_submission"),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index("ix_organisation_made_at", ["made_at"], unique=False)
        batch_op.create_index(
            "uq_organisation_domain",
            ["domain"],
            unique=True,
            sqlite_where=sa.text("verified_by = 'address'"),
            postgresql_where=sa.text("verified_by = 'address'"),
        )

    op.create_table(
        "alumni_relation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "sort",
            sa.Enum(
                "worked_with",
                "colleague",
                "retired",
                "between",
                "advised",
                "volunteered",
                name="alumni",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "kept",
                "ended",
                name="relationstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("asker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state != 'kept') OR (since IS NOT NULL)",
            name=op.f("ck_alumni_relation_since_when_kept"),
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)",
            name=op.f("ck_alumni_relation_ended_when_over"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_alumni_relation_key_length")),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_alumni_relation_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_alumni_relation_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alumni_relation")),
        sa.UniqueConstraint("key", name=op.f("uq_alumni_relation_key")),
    )
    with op.batch_alter_table("alumni_relation", schema=None) as batch_op:
        batch_op.create_index("ix_alumni_relation_member_id", ["member_id", "state"], unique=False)
        batch_op.create_index(
            "uq_alumni_relation_live",
            ["organisation_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'kept')"),
            postgresql_where=sa.text("state IN ('asked', 'kept')"),
        )

    op.create_table(
        "readiness",
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_readiness_from_one")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_readiness_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_readiness_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_readiness")),
    )
    op.create_table(
        "representative",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "claimed",
                "active",
                "ended",
                name="speaks",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state != 'active') OR (since IS NOT NULL)",
            name=op.f("ck_representative_since_when_active"),
        ),
        sa.CheckConstraint(
            "(state IN ('invited', 'claimed')) <= (expires_at IS NOT NULL)",
            name=op.f("ck_representative_asks_expire"),
        ),
        sa.CheckConstraint(
            "(state IN ('invited', 'claimed', 'active')) = (ended_at IS NULL)",
            name=op.f("ck_representative_ended_when_over"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_representative_key_length")),
        sa.CheckConstraint("length(role) <= 120", name=op.f("ck_representative_role_length")),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_representative_words_length")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["member.id"], name=op.f("fk_representative_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_representative_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_representative_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative")),
        sa.UniqueConstraint("key", name=op.f("uq_representative_key")),
    )
    with op.batch_alter_table("representative", schema=None) as batch_op:
        batch_op.create_index("ix_representative_member_id", ["member_id", "state"], unique=False)
        batch_op.create_index(
            "uq_representative_live",
            ["organisation_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('invited', 'claimed', 'active')"),
            postgresql_where=sa.text("state IN ('invited', 'claimed', 'active')"),
        )

    op.create_table(
        "work_need",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "writer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "work",
            sa.Enum(
                "fractional",
                "interim",
                "project",
                "advisory",
                "board",
                "coaching",
                "speaking",
                "peer",
                "pro_bono",
                name="work",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("to_alumni", sa.Boolean(), nullable=False),
        sa.Column("to_connections", sa.Boolean(), nullable=False),
        sa.Column("to_everybody", sa.Boolean(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("open_until", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "outcome = '' OR closed_at IS NOT NULL", name=op.f("ck_work_need_outcome_when_closed")
        ),
        sa.CheckConstraint(
            "NOT to_alumni OR organisation_id IS NOT NULL",
            name=op.f("ck_work_need_alumni_of_an_organisation"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_work_need_key_length")),
        sa.CheckConstraint("length(outcome) <= 1000", name=op.f("ck_work_need_outcome_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_work_need_submission_length")),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_work_need_title_length")),
        sa.CheckConstraint("length(words) <= 4000", name=op.f("ck_work_need_words_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_work_need_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["green_room.id"], name=op.f("fk_work_need_room_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"], ["member.id"], name=op.f("fk_work_need_writer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_need")),
        sa.UniqueConstraint("key", name=op.f("uq_work_need_key")),
        sa.UniqueConstraint("writer_id", "submission", name="uq_work_need_submission"),
    )
    with op.batch_alter_table("work_need", schema=None) as batch_op:
        batch_op.create_index("ix_work_need_open_until", ["open_until"], unique=False)
        batch_op.create_index("ix_work_need_organisation_id", ["organisation_id"], unique=False)
        batch_op.create_index("ix_work_need_writer_id", ["writer_id"], unique=False)

    op.create_table(
        "approach",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "writer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("team", sa.JSON(), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "work",
            sa.Enum(
                "fractional",
                "interim",
                "project",
                "advisory",
                "board",
                "coaching",
                "speaking",
                "peer",
                "pro_bono",
                name="work",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("need", sa.String(length=2000), nullable=False),
        sa.Column("fits", sa.String(length=600), nullable=False),
        sa.Column("rough_time", sa.String(length=160), nullable=False),
        sa.Column("rough_value", sa.String(length=160), nullable=False),
        sa.Column("begins", sa.String(length=160), nullable=False),
        sa.Column("what_next", sa.String(length=300), nullable=False),
        sa.Column("readiness_version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "opened",
                "withdrawn",
                "closed",
                name="approachstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("told_no_at", UtcDateTime(), nullable=True),
        sa.Column("told_words", sa.String(length=600), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'sent') = (ended_at IS NULL)", name=op.f("ck_approach_ended_when_over")
        ),
        sa.CheckConstraint(
            "told_words = '' OR told_no_at IS NOT NULL", name=op.f("ck_approach_words_of_a_no")
        ),
        sa.CheckConstraint(
            "(member_id IS NULL) != (circle_id IS NULL)", name=op.f("ck_approach_one_or_a_team")
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) = (readiness_version = 0)",
            name=op.f("ck_approach_answers_of_organisation"),
        ),
        sa.CheckConstraint("length(begins) <= 160", name=op.f("ck_approach_begins_length")),
        sa.CheckConstraint("length(fits) <= 600", name=op.f("ck_approach_fits_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_approach_key_length")),
        sa.CheckConstraint("length(need) <= 2000", name=op.f("ck_approach_need_length")),
        sa.CheckConstraint("length(rough_time) <= 160", name=op.f("ck_approach_rough_time_length")),
        sa.CheckConstraint(
            "length(rough_value) <= 160", name=op.f("ck_approach_rough_value_length")
        ),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_approach_submission_length")),
        sa.CheckConstraint("length(told_words) <= 600", name=op.f("ck_approach_told_words_length")),
        sa.CheckConstraint("length(what_next) <= 300", name=op.f("ck_approach_what_next_length")),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_approach_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_approach_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["work_need.id"], name=op.f("fk_approach_need_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_approach_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"], ["member.id"], name=op.f("fk_approach_writer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approach")),
        sa.UniqueConstraint("key", name=op.f("uq_approach_key")),
        sa.UniqueConstraint("writer_id", "submission", name="uq_approach_submission"),
    )
    with op.batch_alter_table("approach", schema=None) as batch_op:
        batch_op.create_index("ix_approach_circle_id", ["circle_id"], unique=False)
        batch_op.create_index("ix_approach_member_id", ["member_id"], unique=False)
        batch_op.create_index(
            "ix_approach_organisation_id", ["organisation_id", "sent_at"], unique=False
        )
        batch_op.create_index("ix_approach_writer_id", ["writer_id", "sent_at"], unique=False)

    op.create_table(
        "need_showing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["circle_id"], ["circle.id"], name=op.f("fk_need_showing_circle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["work_need.id"], name=op.f("fk_need_showing_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_showing")),
        sa.UniqueConstraint("need_id", "circle_id", name=op.f("uq_need_showing_need_id_circle_id")),
    )
    with op.batch_alter_table("need_showing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_showing_circle_id"), ["circle_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "referrer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "approach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "came_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column(
            "interest",
            sa.Enum(
                "none",
                "reciprocal",
                "fee",
                "employed",
                name="interest",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("interest_words", sa.String(length=300), nullable=False),
        sa.Column(
            "tells",
            sa.Enum(
                "nothing",
                "whether_made",
                name="tells",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "agreed",
                "made",
                "withdrawn",
                "stopped",
                name="referralstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("thanks_of_member", sa.String(length=600), nullable=False),
        sa.Column("thanks_of_holder", sa.String(length=600), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') <= (agreed_at IS NULL)", name=op.f("ck_referral_agreed_later")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') <= (taken_back_at IS NOT NULL)",
            name=op.f("ck_referral_taken_back_when_withdrawn"),
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'agreed')) = (ended_at IS NULL)",
            name=op.f("ck_referral_ended_when_over"),
        ),
        sa.CheckConstraint(
            "member_id IS NOT NULL OR state NOT IN ('agreed', 'made')",
            name=op.f("ck_referral_agreed_by_a_member"),
        ),
        sa.CheckConstraint(
            "(need_id IS NULL) != (approach_id IS NULL)", name=op.f("ck_referral_about_one")
        ),
        sa.CheckConstraint(
            "length(interest_words) <= 300", name=op.f("ck_referral_interest_words_length")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_referral_key_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_referral_submission_length")),
        sa.CheckConstraint(
            "length(thanks_of_holder) <= 600", name=op.f("ck_referral_thanks_of_holder_length")
        ),
        sa.CheckConstraint(
            "length(thanks_of_member) <= 600", name=op.f("ck_referral_thanks_of_member_length")
        ),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_referral_words_length")),
        sa.CheckConstraint(
            "member_id != referrer_id AND member_id != holder_id",
            name=op.f("ck_referral_third_person"),
        ),
        sa.CheckConstraint("referrer_id != holder_id", name=op.f("ck_referral_not_to_oneself")),
        sa.ForeignKeyConstraint(
            ["approach_id"],
            ["approach.id"],
            name=op.f("fk_referral_approach_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["came_by_id"],
            ["referral.id"],
            name=op.f("fk_referral_came_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["member.id"], name=op.f("fk_referral_holder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_referral_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["work_need.id"], name=op.f("fk_referral_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"], ["member.id"], name=op.f("fk_referral_referrer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("key", name=op.f("uq_referral_key")),
        sa.UniqueConstraint("referrer_id", "submission", name="uq_referral_submission"),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index("ix_referral_approach_id", ["approach_id"], unique=False)
        batch_op.create_index("ix_referral_holder_id", ["holder_id"], unique=False)
        batch_op.create_index("ix_referral_member_id", ["member_id"], unique=False)
        batch_op.create_index("ix_referral_need_id", ["need_id"], unique=False)
        batch_op.create_index("ix_referral_referrer_id", ["referrer_id", "sent_at"], unique=False)

    op.create_table(
        "outside_letter",
        sa.Column(
            "referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column(
            "invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "refused_at IS NULL OR email = ''", name=op.f("ck_outside_letter_forgotten_after_a_no")
        ),
        sa.CheckConstraint(
            "answered_at IS NULL OR refused_at IS NULL", name=op.f("ck_outside_letter_one_answer")
        ),
        sa.CheckConstraint("length(digest) <= 32", name=op.f("ck_outside_letter_digest_length")),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_outside_letter_email_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_outside_letter_key_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_outside_letter_name_length")),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_outside_letter_invitation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_outside_letter_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_outside_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_outside_letter_key")),
    )
    with op.batch_alter_table("outside_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outside_letter_digest"), ["digest"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outside_letter_invitation_id"), ["invitation_id"], unique=False
        )

    for table, column in (("circle", "open_to_work"), ("network", "one_organisation")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("represents", sa.String(length=1000), nullable=False, server_default="")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_member_represents_length"), "length(represents) <= 1000"
        )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.alter_column("represents", server_default=None)

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("who_may_approach", sa.String(24), nullable=False, server_default="anyone")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_participation_who_may_approach"),
            "who_may_approach IN ('anyone', 'shared', 'introduced', 'nobody')",
        )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.alter_column("who_may_approach", server_default=None)

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_conversation_about"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_conversation_about"),
            "about IN ('direct', 'group', 'introduction', 'circle', 'session', 'green_room',"
            " 'approach', 'let_us_talk', 'referral')",
        )


def downgrade() -> None:
    # What an older form of the network cannot hold goes with what it was about.
    gone = "SELECT id FROM conversation WHERE about IN ('approach', 'let_us_talk', 'referral')"
    for table, column in (
        ("message", "conversation_id"),
        ("participant", "conversation_id"),
        ("conversation", "id"),
    ):
        op.execute(f"DELETE FROM {table} WHERE {column} IN ({gone})")  # noqa: S608  # fixed names
    op.execute(
        "DELETE FROM ask WHERE kind IN ('representative', 'representative_claim', 'alumni',"
        " 'approach', 'team_approach', 'let_us_talk', 'need_showing', 'referral_consent',"
        " 'referral_meeting')"
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_conversation_about"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_conversation_about"),
            "about IN ('direct', 'group', 'introduction', 'circle', 'session', 'green_room')",
        )

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_participation_who_may_approach"), type_="check")
        batch_op.drop_column("who_may_approach")

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_member_represents_length"), type_="check")
        batch_op.drop_column("represents")

    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.drop_column("one_organisation")
    with op.batch_alter_table("circle", schema=None) as batch_op:
        batch_op.drop_column("open_to_work")

    with op.batch_alter_table("outside_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outside_letter_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_outside_letter_digest"))

    op.drop_table("outside_letter")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_referrer_id")
        batch_op.drop_index("ix_referral_need_id")
        batch_op.drop_index("ix_referral_member_id")
        batch_op.drop_index("ix_referral_holder_id")
        batch_op.drop_index("ix_referral_approach_id")

    op.drop_table("referral")
    with op.batch_alter_table("need_showing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_showing_circle_id"))

    op.drop_table("need_showing")
    with op.batch_alter_table("approach", schema=None) as batch_op:
        batch_op.drop_index("ix_approach_writer_id")
        batch_op.drop_index("ix_approach_organisation_id")
        batch_op.drop_index("ix_approach_member_id")
        batch_op.drop_index("ix_approach_circle_id")

    op.drop_table("approach")
    with op.batch_alter_table("work_need", schema=None) as batch_op:
        batch_op.drop_index("ix_work_need_writer_id")
        batch_op.drop_index("ix_work_need_organisation_id")
        batch_op.drop_index("ix_work_need_open_until")

    op.drop_table("work_need")
    with op.batch_alter_table("representative", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_representative_live",
            sqlite_where=sa.text("state IN ('invited', 'claimed', 'active')"),
            postgresql_where=sa.text("state IN ('invited', 'claimed', 'active')"),
        )
        batch_op.drop_index("ix_representative_member_id")

    op.drop_table("representative")
    op.drop_table("readiness")
    with op.batch_alter_table("alumni_relation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_alumni_relation_live",
            sqlite_where=sa.text("state IN ('asked', 'kept')"),
            postgresql_where=sa.text("state IN ('asked', 'kept')"),
        )
        batch_op.drop_index("ix_alumni_relation_member_id")

    op.drop_table("alumni_relation")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_organisation_domain",
            sqlite_where=sa.text("verified_by = 'address'"),
            postgresql_where=sa.text("verified_by = 'address'"),
        )
        batch_op.drop_index("ix_organisation_made_at")

    op.drop_table("organisation")
