"""Which events reach whom by mail: written when sent, once, to somebody who may still know."""
