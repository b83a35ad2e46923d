"""SQL of the accounts room: how a process that serves pages finds one person before anybody is known.

Promises: the web role reads no row of the users' table but the acting person's; these functions run as the owner and
answer with one row at most, by the whole address or the whole id, so that nobody can be listed through them.
"""

FIND_USER = """
CREATE OR REPLACE FUNCTION carespace.find_user(address text) RETURNS SETOF public.accounts_user
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT * FROM accounts_user WHERE email = address $$;
CREATE OR REPLACE FUNCTION carespace.find_user(identity uuid) RETURNS SETOF public.accounts_user
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT * FROM accounts_user WHERE id = identity $$;
"""

FOR_WEB = ("carespace.find_user(text)", "carespace.find_user(uuid)")
