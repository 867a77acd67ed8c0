"""Which events reach whom, by mail: written when sent, to somebody who may still know of it, once."""
