r"""The commands of psql that list what is in a database, as the SQL that they stand for.

`\d`, `\dt`, `\di` list relations, tables and indexes (not those of extensions); `\d TABLE` the
columns of one, `\di TABLE` its indexes. A `+` or a semicolon after them changes nothing.
"""

from __future__ import annotations

import re

from harness.errors import UsageError

HINT = r"known here: \d, \dt, \di, \d TABLE, \di TABLE; for psql itself: drill status --addresses"
_COMMAND = re.compile(r"^\\(?P<name>[a-z]+)\+?(?:\s+(?P<of>[^\s;]+))?\s*;?$")
_NAME = re.compile(r'^(?:\w+|"\w+")(?:\.(?:\w+|"\w+"))?$')

_RELATIONS = r"""
select n.nspname as schema, c.relname as name,
  case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'S' then 'sequence' else 'other' end as type,
  case when c.reltuples < 0 then null else c.reltuples::bigint end as "rows, about"
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ({kinds}) and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and not exists (select from pg_catalog.pg_depend e where e.objid = c.oid and e.deptype = 'e')
order by 1, 2
"""
_COLUMNS = r"""
select a.attname as column, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
  case when a.attnotnull then 'not null' else '' end as nullable,
  coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') as default
from pg_catalog.pg_attribute a
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = '{name}'::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
_INDEXES = r"""
select i.tablename as table, i.indexname as name, i.indexdef as definition
from pg_catalog.pg_indexes i
where i.schemaname not in ('pg_catalog', 'pg_toast') {of}
order by 1, 2
"""
_INDEXES_OF = (
    "and pg_catalog.quote_ident(i.schemaname) || '.' || pg_catalog.quote_ident(i.tablename)"
    " = (select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)"
    " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
    " where c.oid = '{name}'::regclass)"
)


def statement_of(typed: str) -> str:
    r"""`typed` itself, or the SQL of a command of psql.

    Raises UsageError for one that is not known here, and for a name that is none.
    """
    text = typed.strip()
    if not text.startswith("\\"):
        return typed
    found = _COMMAND.match(text)
    of = found["of"] if found else None
    if of is not None and not _NAME.match(of):
        raise UsageError(f"'{of[:60]}' is no name of a table", HINT)
    match (found["name"] if found else "", of):
        case "d", None:
            return _RELATIONS.format(kinds="'r', 'p', 'v', 'm', 'S'")
        case "dt", None:
            return _RELATIONS.format(kinds="'r', 'p'")
        case "d", name:
            return _COLUMNS.format(name=name)
        case "di", None:
            return _INDEXES.format(of="")
        case "di", name:
            return _INDEXES.format(of=_INDEXES_OF.format(name=name))
    raise UsageError(f"'{text[:60]}' is a command of psql that is not known here", HINT)
