"""when work was ended."""

import sqlalchemy as sa
from alembic import op

from network.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE engagement SET last_at = ends_at WHERE last_words != ''")


def downgrade() -> None:
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.drop_column("last_at")
