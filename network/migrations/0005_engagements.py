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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation")),
        sa.UniqueConstraint("begun_by_id", "submission", name="uq_negotiation_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_negotiation_key")),
    )
    with op.batch_alter_table("negotiation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_negotiation_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "engagement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "negotiation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
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
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_engagement_key_length")),
        sa.ForeignKeyConstraint(
            ["negotiation_id"],
            ["negotiation.id"],
            name=op.f("fk_engagement_negotiation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
        sa.UniqueConstraint("key", name=op.f("uq_engagement_key")),
        sa.UniqueConstraint("negotiation_id", name="uq_engagement_negotiation_id"),
    )
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
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("left_words", sa.String(length=600), nullable=False),
        sa.CheckConstraint(
            "left_words = '' OR left_at IS NOT NULL", name=op.f("ck_party_words_of_leaving")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_party_key_length")),
        sa.CheckConstraint("length(left_words) <= 600", name=op.f("ck_party_left_words_length")),
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


def downgrade() -> None:
    forget_append_only("version")
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_acceptance_stands",
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )

    op.drop_table("acceptance")
    op.drop_table("version")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index("ix_party_member_id")

    op.drop_table("party")
    op.drop_table("engagement")
    with op.batch_alter_table("negotiation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_negotiation_conversation_id"))

    op.drop_table("negotiation")
