"""networks and steps

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import plnapi.db

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('oauth_clients',
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('sealed_secret', sa.String(), nullable=False),
    sa.Column('redirect_uri', sa.String(), nullable=False),
    sa.Column('scopes', sa.String(), nullable=False),
    sa.Column('registered_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('origin', name=op.f('pk_oauth_clients'))
    )
    op.create_table('outages',
    sa.Column('host', sa.String(), nullable=False),
    sa.Column('began_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('ended_at', plnapi.db.UtcDateTime(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outages'))
    )
    with op.batch_alter_table('outages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outages_host'), ['host'], unique=False)
        batch_op.create_index('uq_outages_open', ['host'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('resource_health',
    sa.Column('network', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('next_look_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('leased_until', plnapi.db.UtcDateTime(), nullable=True),
    sa.Column('looked_at', plnapi.db.UtcDateTime(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('missing_at', plnapi.db.UtcDateTime(), nullable=True),
    sa.Column('gone_since', plnapi.db.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('network', 'address', name=op.f('pk_resource_health'))
    )
    with op.batch_alter_table('resource_health', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_resource_health_next_look_at'), ['next_look_at'], unique=False)

    op.create_table('revocations',
    sa.Column('network', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('sealed_token', sa.String(), nullable=False),
    sa.Column('created_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revocations'))
    )
    op.create_table('oauth_attempts',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('handle', sa.String(), nullable=False),
    sa.Column('server', plnapi.db.Json, nullable=False),
    sa.Column('scopes', sa.String(), nullable=False),
    sa.Column('keeps', sa.Boolean(), nullable=False),
    sa.Column('state_hash', sa.String(), nullable=False),
    sa.Column('sealed_verifier', sa.String(), nullable=False),
    sa.Column('expires_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_oauth_attempts_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_oauth_attempts')),
    sa.UniqueConstraint('state_hash', name=op.f('uq_oauth_attempts_state_hash'))
    )
    with op.batch_alter_table('oauth_attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_oauth_attempts_person_id'), ['person_id'], unique=False)

    op.create_table('private_steps',
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('done_at', plnapi.db.UtcDateTime(), nullable=True),
    sa.Column('created_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_private_steps_course_id_courses'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_private_steps_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_private_steps'))
    )
    with op.batch_alter_table('private_steps', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_private_steps_course_id'), ['course_id'], unique=False)
        batch_op.create_index('ix_private_steps_person_course', ['person_id', 'course_id'], unique=False)

    op.create_table('step_messages',
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('step_key', sa.Uuid(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_step_messages_course_id_courses'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['made_by'], ['people.id'], name=op.f('fk_step_messages_made_by_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_step_messages_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_step_messages'))
    )
    with op.batch_alter_table('step_messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_step_messages_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_step_messages_place', ['course_id', 'person_id', 'step_key'], unique=False)

    op.create_table('templates',
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('body', plnapi.db.Json, nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['people.id'], name=op.f('fk_templates_made_by_people'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_templates'))
    )
    with op.batch_alter_table('templates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_templates_made_by'), ['made_by'], unique=False)

    op.create_table('course_accounts',
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('identity_id', sa.Uuid(), nullable=False),
    sa.Column('added_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_course_accounts_course_id_courses'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['identity_id'], ['identities.id'], name=op.f('fk_course_accounts_identity_id_identities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('course_id', 'identity_id', name=op.f('pk_course_accounts'))
    )
    with op.batch_alter_table('course_accounts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_course_accounts_identity_id'), ['identity_id'], unique=False)

    op.create_table('grants',
    sa.Column('identity_id', sa.Uuid(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('sealed_token', sa.String(), nullable=False),
    sa.Column('scopes', sa.String(), nullable=False),
    sa.Column('given_at', plnapi.db.UtcDateTime(), nullable=False),
    sa.Column('refused_at', plnapi.db.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['identity_id'], ['identities.id'], name=op.f('fk_grants_identity_id_identities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('identity_id', name=op.f('pk_grants'))
    )
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('without', plnapi.db.Json, server_default='[]', nullable=False))

    with op.batch_alter_table('courses', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_at', plnapi.db.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('grace_days', sa.Integer(), server_default='14', nullable=False))

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index('uq_decisions_first')
        batch_op.create_index('uq_decisions_first', ['course_id', 'person_id', 'step_key', 'kind'], unique=True, sqlite_where=sa.text("about_id IS NULL AND kind IN ('word', 'link', 'answer', 'confirmed')"), postgresql_where=sa.text("about_id IS NULL AND kind IN ('word', 'link', 'answer', 'confirmed')"))
        batch_op.add_column(sa.Column('data', plnapi.db.Json, server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('link_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_decisions_link_id'), ['link_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_decisions_link_id_decisions'), 'decisions', ['link_id'], ['id'], ondelete='CASCADE')

    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.add_column(sa.Column('moved_from', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('moved_at', plnapi.db.UtcDateTime(), nullable=True))

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posts_uri'), ['uri'], unique=False)
        batch_op.create_index(batch_op.f('ix_posts_url'), ['url'], unique=False)

    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.add_column(sa.Column('host', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('requests', plnapi.db.Json, server_default='[]', nullable=False))
        batch_op.create_index(batch_op.f('ix_sources_host'), ['host'], unique=False)

    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('fallback', sa.String(), server_default='review', nullable=False))
        batch_op.add_column(sa.Column('keeps_credit', sa.Boolean(), server_default=sa.true(), nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.drop_column('keeps_credit')
        batch_op.drop_column('fallback')

    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sources_host'))
        batch_op.drop_column('requests')
        batch_op.drop_column('host')

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posts_url'))
        batch_op.drop_index(batch_op.f('ix_posts_uri'))

    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_column('moved_at')
        batch_op.drop_column('moved_from')

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index('uq_decisions_first')
        batch_op.create_index('uq_decisions_first', ['course_id', 'person_id', 'step_key', 'kind'], unique=True, sqlite_where=sa.text("about_id IS NULL AND kind IN ('word', 'link', 'confirmed')"), postgresql_where=sa.text("about_id IS NULL AND kind IN ('word', 'link', 'confirmed')"))
        batch_op.drop_constraint(batch_op.f('fk_decisions_link_id_decisions'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_decisions_link_id'))
        batch_op.drop_column('link_id')
        batch_op.drop_column('data')

    with op.batch_alter_table('courses', schema=None) as batch_op:
        batch_op.drop_column('grace_days')
        batch_op.drop_column('closed_at')

    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.drop_column('without')

    op.drop_table('grants')
    with op.batch_alter_table('course_accounts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_course_accounts_identity_id'))

    op.drop_table('course_accounts')
    with op.batch_alter_table('templates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_templates_made_by'))

    op.drop_table('templates')
    with op.batch_alter_table('step_messages', schema=None) as batch_op:
        batch_op.drop_index('ix_step_messages_place')
        batch_op.drop_index(batch_op.f('ix_step_messages_person_id'))

    op.drop_table('step_messages')
    with op.batch_alter_table('private_steps', schema=None) as batch_op:
        batch_op.drop_index('ix_private_steps_person_course')
        batch_op.drop_index(batch_op.f('ix_private_steps_course_id'))

    op.drop_table('private_steps')
    with op.batch_alter_table('oauth_attempts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_oauth_attempts_person_id'))

    op.drop_table('oauth_attempts')
    op.drop_table('revocations')
    with op.batch_alter_table('resource_health', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_resource_health_next_look_at'))

    op.drop_table('resource_health')
    with op.batch_alter_table('outages', schema=None) as batch_op:
        batch_op.drop_index('uq_outages_open', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_outages_host'))

    op.drop_table('outages')
    op.drop_table('oauth_clients')
