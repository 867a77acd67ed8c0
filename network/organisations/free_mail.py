"""Where anybody can have an address: it shows nothing of an organisation."""

from __future__ import annotations

HOSTS = """
    aol.com bluewin.ch duck.com email.com fastmail.com free.fr freenet.de gmail.com gmx.at gmx.ch
    gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.fr hushmail.com
    icloud.com inbox.lv laposte.net libero.it live.com live.co.uk mac.com mail.com mail.de mail.ru
    mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de pm.me posteo.de posteo.net
    proton.me protonmail.ch protonmail.com qq.com rediffmail.com riseup.net rocketmail.com
    runbox.com seznam.cz t-online.de tuta.com tutamail.com tutanota.com virgilio.it wanadoo.fr
    web.de wp.pl yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru
    ymail.com zoho.com 126.com 163.com
"""
FREE_MAIL = frozenset(HOSTS.split())
