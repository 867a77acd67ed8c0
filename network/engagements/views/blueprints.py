"""The blueprints of terms and of agreed work. Several modules hang their pages on them."""

from flask import Blueprint

terms = Blueprint("terms", __name__)
work = Blueprint("work", __name__)
