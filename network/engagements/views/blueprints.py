"""The blueprints of terms, of work and of one’s own balance: modules hang their pages on them."""

from flask import Blueprint

terms = Blueprint("terms", __name__)
work = Blueprint("work", __name__)
portfolio = Blueprint("portfolio", __name__)
