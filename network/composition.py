"""Where the parts meet: the one module that knows all packages. Nothing imports it but
`create_app`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask_babel
from flask import Flask, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from network import auth, db, htmx, limits, statics, templating, web
from network.asks import notices as ask_notices
from network.asks.views import asks
from network.circles import documents as circle_documents
from network.circles import notices as circle_notices
from network.circles.beside import together
from network.circles.dress import TALK
from network.circles.services.answering import APPLICATION, INVITATION
from network.circles.services.facilitating import TURN
from network.circles.views import circles
from network.config import Settings
from network.conversations import notices as conversation_notices
from network.conversations.dress import Dress
from network.conversations.views import conversations
from network.demo.views import demo
from network.engagements import hearing as terms_hearing
from network.engagements import notices as terms_notices
from network.engagements import notices_testimony as testimony_notices
from network.engagements import notices_work as work_notices
from network.engagements.handover_part import HANDOVERS
from network.engagements.leads import TERMS
from network.engagements.person_part import ON_A_PERSON
from network.engagements.services.signing import end_for as end_terms
from network.engagements.views import terms, work
from network.engagements.views.portfolio import portfolio
from network.engagements.views.showing import showing
from network.engagements.views.testimony import testimony
from network.engagements.views.writing_begin import writing
from network.events.worker import Channel
from network.health import health
from network.learning import circle_page, parting
from network.learning import documents as learning_documents
from network.learning import notices as learning_notices
from network.learning.dress import DRESSES as LEARNING_DRESSES
from network.learning.services.offers import SEAT_OFFER
from network.learning.views import sessions
from network.learning.views.calendar import calendar
from network.learning.views.keeping import keeping
from network.learning.views.needs import needs
from network.learning.views.overview import learning
from network.learning.views.rooms import rooms
from network.learning.views.rounds import rounds
from network.members import current, documents
from network.members import notices as member_notices
from network.members.views.account import account
from network.members.views.boundaries import boundaries
from network.members.views.joining import joining
from network.members.views.participation import participation
from network.members.views.people import people
from network.members.views.profile import profile
from network.members.views.signing_in import signing_in
from network.members.views.welcome import welcome
from network.notices import post
from network.organisations import approach_notices
from network.organisations import documents as organisation_documents
from network.organisations import hearing as organisation_hearing
from network.organisations import needs_notices as need_notices
from network.organisations import notices as organisation_notices
from network.organisations import notices_alumni as alumni_notices
from network.organisations.approach_dress import TALK as APPROACH_TALK
from network.organisations.circle_needs import BESIDE as NEEDS_BESIDE
from network.organisations.needs_dress import TALK as NEED_TALK
from network.organisations.services.alumni_answering import ALUMNI
from network.organisations.services.answering import CLAIMED, INVITED
from network.organisations.services.approach_kinds import APPROACH, TEAM_APPROACH
from network.organisations.services.showing import SHOWING
from network.organisations.services.talking import LET_US_TALK
from network.organisations.views import organisations
from network.organisations.views.alumni import alumni
from network.organisations.views.approach_page import approaches
from network.organisations.views.needs import work_needs
from network.organisations.views.people import organisations_people
from network.organisations.views.readiness import readiness
from network.organisations.views.shields import shields
from network.referrals import hearing
from network.referrals import notices as referral_notices
from network.referrals.dress import BROUGHT_TOGETHER
from network.referrals.person_part import ON_A_PERSON as BROUGHT
from network.referrals.services.ending import end_for as end_referrals
from network.referrals.services.making import CONSENT_KIND as REFERRAL_CONSENT
from network.referrals.services.making import MEETING_KIND as REFERRAL_MEETING
from network.referrals.views import referrals
from network.relationships import notices as introduction_notices
from network.relationships import notices_vouches as vouch_notices
from network.relationships.introduced import BEGUN, INTRODUCED
from network.relationships.kinds import CONNECTION
from network.relationships.queries.ways import ways_to
from network.relationships.services.introductions import CARRY_KIND, CONSENT_KIND
from network.relationships.views.connections import ties
from network.relationships.views.introductions import introductions
from network.relationships.views.notes import notes
from network.relationships.views.people import relationships
from network.relationships.views.vouches import vouches
from network.search import backend, indexer
from network.search.things import Thing, numbers_of
from network.stewardship.views import stewardship
from network.stewardship.views_organisations import organisations_desk
from network.stewardship.views_reports import reports
from network.today.views import today

BLUEPRINTS = (
    health,
    today,
    joining,
    signing_in,
    welcome,
    people,
    profile,
    participation,
    boundaries,
    account,
    asks,
    conversations,
    relationships,
    ties,
    introductions,
    vouches,
    notes,
    circles,
    stewardship,
    reports,
    organisations,
    organisations_desk,
    learning,
    sessions,
    calendar,
    needs,
    rooms,
    keeping,
    rounds,
    readiness,
    alumni,
    shields,
    work_needs,
    organisations_people,
    approaches,
    referrals,
    terms,
    work,
    portfolio,
    writing,
    testimony,
    showing,
    demo,
)
KINDS = {
    kind.name: kind
    for kind in (
        *(CONNECTION, CONSENT_KIND, CARRY_KIND, INVITATION, APPLICATION, TURN, SEAT_OFFER),
        *(INVITED, CLAIMED),
        ALUMNI,
        *(LET_US_TALK, SHOWING),
        *(APPROACH, TEAM_APPROACH),
        *(REFERRAL_CONSENT, REFERRAL_MEETING),
    )
}
# What conversations wear that are about something, by what that is.
DRESSES: dict[str, Dress] = {
    dress.about.value: dress
    for dress in (
        *(INTRODUCED, TALK, *BEGUN, *LEARNING_DRESSES),
        *(NEED_TALK, APPROACH_TALK, BROUGHT_TOGETHER),
    )
}
PEOPLE = indexer.Source({"member": int}, documents.documents, documents.all_documents)
THINGS = indexer.together(
    indexer.Source(
        {"circle": numbers_of(Thing.CIRCLE)},
        circle_documents.documents,
        circle_documents.all_documents,
    ),
    indexer.Source(
        {"organisation": numbers_of(Thing.ORGANISATION)},
        organisation_documents.documents,
        organisation_documents.all_documents,
    ),
    indexer.Source(
        {
            "learning_session": numbers_of(Thing.SESSION),
            "learning_need": numbers_of(Thing.NEED),
            "green_room": numbers_of(Thing.ROOM),
            "harvest_entry": numbers_of(Thing.HARVEST),
        },
        learning_documents.documents,
        learning_documents.all_documents,
    ),
)
LETTERS = {
    **member_notices.LETTERS,
    **ask_notices.letters(KINDS),
    **conversation_notices.LETTERS,
    **vouch_notices.LETTERS,
    **introduction_notices.LETTERS,
    **learning_notices.LETTERS,
    **circle_notices.LETTERS,
    **organisation_notices.LETTERS,
    **alumni_notices.LETTERS,
    **need_notices.LETTERS,
    **approach_notices.LETTERS,
    **referral_notices.LETTERS,
    **terms_notices.LETTERS,
    **work_notices.LETTERS,
    **testimony_notices.LETTERS,
}
csrf = CSRFProtect()
babel = flask_babel.Babel()


def compose(settings: Settings) -> Flask:
    """Return the application for these settings."""
    app = web.Web("network", instance_path=str(settings.instance))
    _configure(app, settings)
    db.init_app(app, settings)
    web.init_app(app, secure=settings.secure)
    htmx.init_app(app)
    babel.init_app(app, locale_selector=current.locale, timezone_selector=current.time_zone)
    auth.init_app(app, load=current.load, turn_away=turn_away)
    limits.init_app(app, settings)
    csrf.init_app(app)
    statics.init_app(app)
    templating.init_app(app)
    app.extensions["ask_kinds"] = KINDS
    app.extensions["dresses"] = DRESSES
    app.extensions["leads"] = (TERMS,)
    app.extensions["ways"] = ways_to
    app.extensions["person_beside"] = (*BROUGHT, *ON_A_PERSON)
    app.extensions["endings"] = (end_referrals, end_terms)
    app.extensions["organisation_parts"] = (HANDOVERS,)
    app.extensions["circle_beside"] = together(circle_page.BESIDE, NEEDS_BESIDE)
    backend.init_app(app, people=settings.instance / "index", things=settings.instance / "things")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=settings.largest_body,
        MAX_FORM_MEMORY_SIZE=settings.largest_body,
        SESSION_COOKIE_NAME="__Host-commonweal" if settings.secure else "commonweal",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.jinja_options = {"cache_size": -1}  # 400 are kept else, and there are as many
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )


def turn_away() -> Any:  # noqa: ANN401
    """Send somebody not signed in to the door, and back here afterwards if this was a page."""
    target = url_for("signing_in.sign_in")
    if request.method == "GET" and not htmx.wants_part():
        session["next"] = request.full_path.rstrip("?")
    if htmx.wants_part():
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, code=303)


def channels(app: Flask) -> dict[str, Channel]:
    """Return where deliveries go: to the indexes of people and of things, into the post, to
    whoever looks after seats, to terms, to approaches and to referrals.
    """
    return {
        "index": indexer.channel(backend.index(app), PEOPLE),
        "things": indexer.channel(backend.things(app), THINGS),
        "mail": post.channel(app, LETTERS),
        "learning": parting.channel(),
        "terms": terms_hearing.channel(),
        "organisations": organisation_hearing.channel(),
        "referrals": hearing.channel(app.config["SECRET_KEY"]),
    }
