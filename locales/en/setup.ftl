# A newcomer's set-up: five taps from nothing to a live survey.

setup-step = Step { $number } of 5
setup-language = Which language suits you? · На каком языке вам удобнее?
setup-zone = Where a customer's time is not known, we go by { $zone }: it is { $time } there now. Is that right?
setup-other-zone = The setting DEFAULT_TZ on the server says it ({ $zone } now). Put yours there, for example Europe/Berlin, and start the bot again. Customers whose time zone comes with the events have their own.
setup-quiet = In which hours shall customers not be disturbed?
setup-no-quiet = no such hours
setup-alerts = Where shall bad scores go? Add the bot to the leads' group and send /alerts there. No group? Let them come here.
setup-chats = Somebody will see bad scores.
setup-no-chats = As long as no chat is subscribed, bad scores go to the admins in private.
setup-script = What shall customers be asked about?
setup-purchase = Purchases
setup-support = Support tickets
setup-both = Both
setup-done = Done, it is live: { $scripts }. It asks as soon as events come from your system.
setup-next = Take it yourself to see what customers see. Questions, texts and rules: /scripts. Roles and invitations: /staff.
setup-button-right = Right
setup-button-other-zone = No, another
setup-button-on = Go on
setup-button-sent = Go on
setup-button-here = Send them here
