"""requests with a session, one mailbox after another."""

import common
import requests

with requests.Session() as session:
    session.headers.update(common.HEADERS)
    # Variables of the environment would win over what is set here.
    session.trust_env = False
    session.verify = common.CA_FILE
    common.write(
        common.row(mailbox, session.get(common.BASE + common.path(mailbox)).json()) for mailbox in common.mailboxes()
    )
