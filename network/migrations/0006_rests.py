"""rests."""

import sqlalchemy as sa
from alembic import op

from network.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "engagement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_rest_in_order")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_rest_submission_length")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_rest_words_length")),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_rest_engagement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["member.id"], name=op.f("fk_rest_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rest")),
        sa.UniqueConstraint("engagement_id", "by_id", "submission", name=op.f("uq_rest_said")),
    )
    with op.batch_alter_table("rest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rest_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            "uq_rest_open",
            ["engagement_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
    # Why work rests now stood with the work; of rests that were over nothing was kept.
    op.execute(
        "INSERT INTO rest (engagement_id, by_id, words, since, submission) "
        "SELECT id, last_by_id, last_words, paused_at, 'before' FROM engagement "
        "WHERE state = 'paused'"
    )
    op.execute("UPDATE engagement SET last_by_id = NULL, last_words = '' WHERE state = 'paused'")


def downgrade() -> None:
    for column, was in (("last_by_id", "by_id"), ("last_words", "words")):
        op.execute(
            f"UPDATE engagement SET {column} = (SELECT rest.{was} FROM rest "  # noqa: S608
            "WHERE rest.engagement_id = engagement.id AND rest.until IS NULL) "
            "WHERE state = 'paused'"
        )
    op.drop_table("rest")
