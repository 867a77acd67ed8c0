"""engagements."""

import sqlalchemy as sa
from alembic import op

from network.append_only import append_only, forget_append_only
from network.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "engagement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "agreed",
                "active",
                "paused",
                "completed",
                "ended_early",
                "cancelled",
                name="engagementstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column(
            "last_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("last_words", sa.String(length=1000), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'paused') = (paused_at IS NOT NULL)", name=op.f("ck_engagement_paused_since")
        ),
        sa.CheckConstraint(
            "(state IN ('completed', 'ended_early', 'cancelled')) = (ends_at IS NOT NULL)",
            name=op.f("ck_engagement_ends_when_over"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_engagement_key_length")),
        sa.CheckConstraint(
            "length(last_words) <= 1000", name=op.f("ck_engagement_last_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["last_by_id"],
            ["member.id"],
            name=op.f("fk_engagement_last_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
        sa.UniqueConstraint("key", name=op.f("uq_engagement_key")),
    )
    op.create_table(
        "outside_work",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("whom", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column(
            "time_period",
            sa.Enum(
                "in_all",
                "day",
                "week",
                "month",
                "quarter",
                "year",
                name="period",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "money_period",
            sa.Enum(
                "in_all",
                "day",
                "week",
                "month",
                "quarter",
                "year",
                name="money_period",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("others", sa.String(length=300), nullable=False),
        sa.Column("promise", sa.String(length=1000), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(minor > 0) = (currency != '')", name=op.f("ck_outside_work_money_has_a_currency")
        ),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_outside_work_ends_after_it_starts")),
        sa.CheckConstraint("half_days >= 0", name=op.f("ck_outside_work_time_is_not_negative")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_outside_work_currency_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_outside_work_key_length")),
        sa.CheckConstraint("length(others) <= 300", name=op.f("ck_outside_work_others_length")),
        sa.CheckConstraint("length(promise) <= 1000", name=op.f("ck_outside_work_promise_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_outside_work_submission_length")
        ),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_outside_work_title_length")),
        sa.CheckConstraint("length(whom) <= 120", name=op.f("ck_outside_work_whom_length")),
        sa.CheckConstraint("minor >= 0", name=op.f("ck_outside_work_money_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_outside_work_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_work")),
        sa.UniqueConstraint("key", name=op.f("uq_outside_work_key")),
        sa.UniqueConstraint("member_id", "submission", name="uq_outside_work_submission"),
    )

    op.create_table(
        "check_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.String(length=1000), nullable=False),
        sa.Column("exchange", sa.String(length=1000), nullable=False),
        sa.Column("change", sa.String(length=1000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(change) <= 1000", name=op.f("ck_check_in_change_length")),
        sa.CheckConstraint("length(exchange) <= 1000", name=op.f("ck_check_in_exchange_length")),
        sa.CheckConstraint("length(purpose) <= 1000", name=op.f("ck_check_in_purpose_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_check_in_from_one")),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_check_in_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_check_in_member_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("engagement_id", "number", "member_id", name="uq_check_in_once"),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_member_id"), ["member_id"], unique=False)

    op.create_table(
        "completion",
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_completion_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_completion_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("engagement_id", "member_id", name=op.f("pk_completion")),
    )
    op.create_table(
        "left_behind",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "sort",
            sa.Enum(
                "handover",
                "harvest",
                name="leftfor",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=8000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_left_behind_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_left_behind_submission_length")
        ),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_left_behind_title_length")),
        sa.CheckConstraint("length(words) <= 8000", name=op.f("ck_left_behind_words_length")),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_left_behind_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_left_behind_member_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_behind")),
        sa.UniqueConstraint("key", name=op.f("uq_left_behind_key")),
    )
    with op.batch_alter_table("left_behind", schema=None) as batch_op:
        batch_op.create_index("ix_left_behind_engagement_id", ["engagement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_left_behind_member_id"), ["member_id"], unique=False)

    op.create_table(
        "negotiation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "agreed",
                "closed",
                name="negotiationstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "begun_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("on_table", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'agreed') <= (engagement_id IS NOT NULL)",
            name=op.f("ck_negotiation_agreed_governs_something"),
        ),
        sa.CheckConstraint(
            "(state = 'agreed') <= (on_table = last)",
            name=op.f("ck_negotiation_agreed_on_the_last"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_negotiation_ended_when_over")
        ),
        sa.CheckConstraint(
            "state != 'closed' OR on_table = 0",
            name=op.f("ck_negotiation_closed_has_nothing_on_the_table"),
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_negotiation_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_negotiation_submission_length")
        ),
        sa.CheckConstraint(
            "on_table <= last", name=op.f("ck_negotiation_what_is_there_is_on_the_table")
        ),
        sa.ForeignKeyConstraint(
            ["begun_by_id"],
            ["member.id"],
            name=op.f("fk_negotiation_begun_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_negotiation_conversation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_negotiation_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation")),
        sa.UniqueConstraint("begun_by_id", "submission", name="uq_negotiation_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_negotiation_key")),
    )
    with op.batch_alter_table("negotiation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_negotiation_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_negotiation_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index(
            "uq_negotiation_amends",
            ["engagement_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "testimony",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(reply = '') = (replied_at IS NULL)", name=op.f("ck_testimony_a_reply_has_a_day")
        ),
        sa.CheckConstraint("author_id != about_id", name=op.f("ck_testimony_of_another")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_testimony_key_length")),
        sa.CheckConstraint("length(reply) <= 1000", name=op.f("ck_testimony_reply_length")),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_testimony_words_length")),
        sa.ForeignKeyConstraint(
            ["about_id"], ["member.id"], name=op.f("fk_testimony_about_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_testimony_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_testimony_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimony")),
        sa.UniqueConstraint("engagement_id", "author_id", "about_id", name="uq_testimony_once"),
        sa.UniqueConstraint("key", name=op.f("uq_testimony_key")),
    )
    with op.batch_alter_table("testimony", schema=None) as batch_op:
        batch_op.create_index("ix_testimony_about_id", ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_testimony_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "ix_testimony_sealed",
            ["at"],
            unique=False,
            sqlite_where=sa.text("opened_at IS NULL AND taken_back_at IS NULL"),
            postgresql_where=sa.text("opened_at IS NULL AND taken_back_at IS NULL"),
        )

    op.create_table(
        "welcome_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "sort",
            sa.Enum(
                "access",
                "people",
                "rituals",
                name="welcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column(
            "done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_welcome_item_key_length")),
        sa.CheckConstraint("length(words) <= 300", name=op.f("ck_welcome_item_words_length")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["member.id"],
            name=op.f("fk_welcome_item_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["member.id"],
            name=op.f("fk_welcome_item_done_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_welcome_item_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_item")),
        sa.UniqueConstraint("key", name=op.f("uq_welcome_item_key")),
    )
    with op.batch_alter_table("welcome_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_welcome_item_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_welcome_item_done_by_id"), ["done_by_id"], unique=False
        )
        batch_op.create_index("ix_welcome_item_engagement_id", ["engagement_id"], unique=False)

    op.create_table(
        "work_showing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_work_showing_key_length")),
        sa.CheckConstraint("length(words) <= 600", name=op.f("ck_work_showing_words_length")),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_work_showing_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_work_showing_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_showing")),
        sa.UniqueConstraint("engagement_id", "member_id", name="uq_work_showing"),
        sa.UniqueConstraint("key", name=op.f("uq_work_showing_key")),
    )
    with op.batch_alter_table("work_showing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_showing_member_id"), ["member_id"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "negotiation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation_name", sa.String(length=120), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("left_words", sa.String(length=600), nullable=False),
        sa.CheckConstraint(
            "left_words = '' OR left_at IS NOT NULL", name=op.f("ck_party_words_of_leaving")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_party_key_length")),
        sa.CheckConstraint("length(left_words) <= 600", name=op.f("ck_party_left_words_length")),
        sa.CheckConstraint("length(name) <= 120", name=op.f("ck_party_name_length")),
        sa.CheckConstraint(
            "length(organisation_name) <= 120", name=op.f("ck_party_organisation_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_party_member_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"],
            ["negotiation.id"],
            name=op.f("fk_party_negotiation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_party_organisation_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("key", name=op.f("uq_party_key")),
        sa.UniqueConstraint("negotiation_id", "member_id", name="uq_party_member"),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index("ix_party_member_id", ["member_id"], unique=False)

    op.create_table(
        "work_showing_consent",
        sa.Column(
            "showing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_work_showing_consent_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["showing_id"],
            ["work_showing.id"],
            name=op.f("fk_work_showing_consent_showing_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("showing_id", "member_id", name=op.f("pk_work_showing_consent")),
    )
    op.create_table(
        "terms_draft",
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(fields) <= 200000", name=op.f("ck_terms_draft_text_length")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_terms_draft_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_terms_draft")),
    )
    op.create_table(
        "version",
        sa.Column(
            "negotiation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("tabled_at", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint("(number = 1) = (parent IS NULL)", name=op.f("ck_version_one_parent")),
        sa.CheckConstraint("length(digest) <= 64", name=op.f("ck_version_digest_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_version_submission_length")),
        sa.CheckConstraint("length(text) <= 200000", name=op.f("ck_version_text_length")),
        sa.CheckConstraint("length(why) <= 1000", name=op.f("ck_version_why_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_version_from_one")),
        sa.CheckConstraint("parent = number - 1", name=op.f("ck_version_no_gaps")),
        sa.CheckConstraint("valid_until > tabled_at", name=op.f("ck_version_valid_for_a_time")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["party.id"], name=op.f("fk_version_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"],
            ["negotiation.id"],
            name=op.f("fk_version_negotiation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("negotiation_id", "number", name=op.f("pk_version")),
    )
    op.create_table(
        "acceptance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "negotiation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(digest) <= 64", name=op.f("ck_acceptance_digest_length")),
        sa.ForeignKeyConstraint(
            ["negotiation_id", "number"],
            ["version.negotiation_id", "version.number"],
            name=op.f("fk_acceptance_negotiation_id_number"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_acceptance_party_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
    )
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.create_index(
            "uq_acceptance_stands",
            ["negotiation_id", "number", "party_id"],
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )
    append_only("version")
    with op.batch_alter_table("participation") as batch_op:
        batch_op.add_column(
            sa.Column("full_half_days", sa.SmallInteger(), nullable=False, server_default="0")
        )
        batch_op.create_check_constraint(
            op.f("ck_participation_full_half_days_a_month"), "full_half_days BETWEEN 0 AND 62"
        )
    with op.batch_alter_table("participation") as batch_op:
        batch_op.alter_column("full_half_days", server_default=None)


def downgrade() -> None:
    forget_append_only("version")
    with op.batch_alter_table("participation") as batch_op:
        batch_op.drop_constraint(op.f("ck_participation_full_half_days_a_month"), type_="check")
        batch_op.drop_column("full_half_days")
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_acceptance_stands",
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )

    op.drop_table("acceptance")
    op.drop_table("version")
    op.drop_table("terms_draft")
    op.drop_table("work_showing_consent")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index("ix_party_member_id")

    op.drop_table("party")
    with op.batch_alter_table("work_showing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_showing_member_id"))

    op.drop_table("work_showing")
    with op.batch_alter_table("welcome_item", schema=None) as batch_op:
        batch_op.drop_index("ix_welcome_item_engagement_id")
        batch_op.drop_index(batch_op.f("ix_welcome_item_done_by_id"))
        batch_op.drop_index(batch_op.f("ix_welcome_item_by_id"))

    op.drop_table("welcome_item")
    with op.batch_alter_table("testimony", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_testimony_sealed",
            sqlite_where=sa.text("opened_at IS NULL AND taken_back_at IS NULL"),
            postgresql_where=sa.text("opened_at IS NULL AND taken_back_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_testimony_author_id"))
        batch_op.drop_index("ix_testimony_about_id")

    op.drop_table("testimony")
    with op.batch_alter_table("negotiation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_negotiation_amends",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_negotiation_engagement_id"))
        batch_op.drop_index(batch_op.f("ix_negotiation_conversation_id"))

    op.drop_table("negotiation")
    with op.batch_alter_table("left_behind", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_left_behind_member_id"))
        batch_op.drop_index("ix_left_behind_engagement_id")

    op.drop_table("left_behind")
    op.drop_table("completion")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_in_member_id"))

    op.drop_table("check_in")
    op.drop_table("outside_work")
    op.drop_table("engagement")
