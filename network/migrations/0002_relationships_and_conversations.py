"""relationships_and_conversations."""

import sqlalchemy as sa
from alembic import op

from network.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "direct",
                "group",
                "introduction",
                name="about",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("thing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("low_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("high_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("opener_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(about = 'direct') = (low_id IS NOT NULL)",
            name=op.f("ck_conversation_direct_has_a_pair"),
        ),
        sa.CheckConstraint(
            "(about IN ('direct', 'group')) = (thing_id IS NULL)",
            name=op.f("ck_conversation_thing"),
        ),
        sa.CheckConstraint(
            "(low_id IS NULL) = (high_id IS NULL)", name=op.f("ck_conversation_whole_pair")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_conversation_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_conversation_submission_length")
        ),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_conversation_title_length")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_conversation_pair")),
        sa.CheckConstraint("turn >= 0", name=op.f("ck_conversation_turn")),
        sa.ForeignKeyConstraint(
            ["opener_id"],
            ["member.id"],
            name=op.f("fk_conversation_opener_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("about", "thing_id", name="uq_conversation_thing"),
        sa.UniqueConstraint("key", name=op.f("uq_conversation_key")),
        sa.UniqueConstraint("low_id", "high_id", name="uq_conversation_pair"),
        sa.UniqueConstraint("opener_id", "submission", name="uq_conversation_submission"),
    )
    op.create_table(
        "introduction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "introducer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("low_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("high_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "made",
                "withdrawn",
                "stopped",
                name="introductionstate",
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
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_introduction_ended_when_over")
        ),
        sa.CheckConstraint(
            "asked_by_id IN (low_id, high_id)", name=op.f("ck_introduction_asked_by_one")
        ),
        sa.CheckConstraint(
            "introducer_id NOT IN (low_id, high_id)", name=op.f("ck_introduction_third_person")
        ),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_introduction_key_length")),
        sa.CheckConstraint(
            "length(submission) <= 40", name=op.f("ck_introduction_submission_length")
        ),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_introduction_words_length")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_introduction_two_people")),
        sa.ForeignKeyConstraint(
            ["high_id"], ["member.id"], name=op.f("fk_introduction_high_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["introducer_id"],
            ["member.id"],
            name=op.f("fk_introduction_introducer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["low_id"], ["member.id"], name=op.f("fk_introduction_low_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
        sa.UniqueConstraint("introducer_id", "submission", name="uq_introduction_submission"),
        sa.UniqueConstraint("key", name=op.f("uq_introduction_key")),
    )
    with op.batch_alter_table("introduction", schema=None) as batch_op:
        batch_op.create_index("ix_introduction_high_id", ["high_id", "low_id"], unique=False)
        batch_op.create_index(
            "ix_introduction_introducer_id", ["introducer_id", "sent_at"], unique=False
        )
        batch_op.create_index("ix_introduction_low_id", ["low_id", "high_id"], unique=False)

    op.create_table(
        "private_note",
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("how_met", sa.String(length=300), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "none",
                "monthly",
                "quarterly",
                "half_yearly",
                "yearly",
                name="rhythm",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("spoke_at", UtcDateTime(), nullable=True),
        sa.Column("quiet_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(how_met) <= 300", name=op.f("ck_private_note_how_met_length")),
        sa.CheckConstraint("length(note) <= 4000", name=op.f("ck_private_note_note_length")),
        sa.CheckConstraint("owner_id != about_id", name=op.f("ck_private_note_two_people")),
        sa.ForeignKeyConstraint(
            ["about_id"], ["member.id"], name=op.f("fk_private_note_about_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["member.id"], name=op.f("fk_private_note_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "about_id", name=op.f("pk_private_note")),
    )
    with op.batch_alter_table("private_note", schema=None) as batch_op:
        batch_op.create_index("ix_private_note_about_id", ["about_id"], unique=False)

    op.create_table(
        "vouch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("context", sa.String(length=160), nullable=False),
        sa.Column("words", sa.String(length=1200), nullable=False),
        sa.Column(
            "grounds",
            sa.Enum(
                "connection", name="grounds", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "grounds_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "waiting",
                "shown",
                "kept",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "taken_back_at IS NULL OR words = ''", name=op.f("ck_vouch_taken_back_words_are_gone")
        ),
        sa.CheckConstraint("author_id != subject_id", name=op.f("ck_vouch_two_people")),
        sa.CheckConstraint("length(context) <= 160", name=op.f("ck_vouch_context_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_vouch_key_length")),
        sa.CheckConstraint("length(words) <= 1200", name=op.f("ck_vouch_words_length")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_vouch_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["member.id"], name=op.f("fk_vouch_subject_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouch")),
        sa.UniqueConstraint("key", name=op.f("uq_vouch_key")),
    )
    with op.batch_alter_table("vouch", schema=None) as batch_op:
        batch_op.create_index("ix_vouch_subject_id", ["subject_id", "written_at"], unique=False)
        batch_op.create_index(
            "uq_vouch_live",
            ["author_id", "subject_id"],
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )

    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_turn", sa.Integer(), nullable=True),
        sa.Column("submission", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR body = ''", name=op.f("ck_message_withdrawn_words_are_gone")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_turn IS NULL)",
            name=op.f("ck_message_withdrawn_is_both"),
        ),
        sa.CheckConstraint("length(body) <= 8000", name=op.f("ck_message_body_length")),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_message_key_length")),
        sa.CheckConstraint("length(submission) <= 40", name=op.f("ck_message_submission_length")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_message_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_message_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("author_id", "submission", name="uq_message_submission"),
        sa.UniqueConstraint("conversation_id", "turn", name="uq_message_turn"),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("after_turn", sa.Integer(), nullable=False),
        sa.Column("until_turn", sa.Integer(), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("read_turn", sa.Integer(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(left_at IS NULL) = (until_turn IS NULL)", name=op.f("ck_participant_over_is_both")
        ),
        sa.CheckConstraint("length(draft) <= 8000", name=op.f("ck_participant_draft_length")),
        sa.CheckConstraint("until_turn >= after_turn", name=op.f("ck_participant_range")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_participant_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_participant_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(
            "ix_participant_member_id", ["member_id", "conversation_id"], unique=False
        )
        batch_op.create_index(
            "uq_participant_here",
            ["conversation_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column(
            "reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(key) <= 16", name=op.f("ck_report_key_length")),
        sa.CheckConstraint("length(quoted) <= 8000", name=op.f("ck_report_quoted_length")),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_report_words_length")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_report_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_report_message_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["member.id"], name=op.f("fk_report_reporter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("key", name=op.f("uq_report_key")),
        sa.UniqueConstraint(
            "reporter_id", "message_id", name=op.f("uq_report_reporter_id_message_id")
        ),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("ix_report_author_id", ["author_id"], unique=False)

    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "thing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("again_at", UtcDateTime(), nullable=True))
        batch_op.create_index("ix_ask_low_id", ["low_id", "high_id"], unique=False)
        batch_op.create_index("ix_ask_thing_id", ["kind", "thing_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_ask_about_id"), "member", ["about_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("participation", schema=None) as batch_op:
        # Whoever is here already keeps what they had: only connections write, nobody is a way.
        batch_op.add_column(
            sa.Column("who_may_write", sa.String(24), nullable=False, server_default="connections")
        )
        batch_op.add_column(
            sa.Column(
                "open_to_introductions", sa.Boolean(), nullable=False, server_default=sa.true()
            )
        )
        batch_op.add_column(
            sa.Column("shown_as_way", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_participation_whomaywrite"),
            "who_may_write IN ('connections', 'shared', 'anyone')",
        )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        for column in ("who_may_write", "open_to_introductions", "shown_as_way"):
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.drop_index("ix_connection_high_id")
        batch_op.create_index(
            "ix_connection_high_id",
            ["high_id", "low_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.drop_index("ix_connection_high_id")
        batch_op.create_index("ix_connection_high_id", ["high_id", "low_id"], unique=False)

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_participation_whomaywrite"), type_="check")
        batch_op.drop_column("shown_as_way")
        batch_op.drop_column("open_to_introductions")
        batch_op.drop_column("who_may_write")

    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ask_about_id"), type_="foreignkey")
        batch_op.drop_index("ix_ask_thing_id")
        batch_op.drop_index("ix_ask_low_id")
        batch_op.drop_column("again_at")
        batch_op.drop_column("thing_id")
        batch_op.drop_column("about_id")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_author_id")

    op.drop_table("report")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_participant_here",
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )
        batch_op.drop_index("ix_participant_member_id")

    op.drop_table("participant")
    op.drop_table("message")
    with op.batch_alter_table("vouch", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_vouch_live",
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )
        batch_op.drop_index("ix_vouch_subject_id")

    op.drop_table("vouch")
    with op.batch_alter_table("private_note", schema=None) as batch_op:
        batch_op.drop_index("ix_private_note_about_id")

    op.drop_table("private_note")
    with op.batch_alter_table("introduction", schema=None) as batch_op:
        batch_op.drop_index("ix_introduction_low_id")
        batch_op.drop_index("ix_introduction_introducer_id")
        batch_op.drop_index("ix_introduction_high_id")

    op.drop_table("introduction")
    op.drop_table("conversation")
