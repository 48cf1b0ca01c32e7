import type { EventFilter, ExportScope } from '../api/types';

/** The events that a list shows, as what is to be exported. */
export function eventScope({
  query = null,
  kind = null,
  operation = null,
  change = null,
  archive = null,
  field = null,
  from = null,
  until = null,
  tz = null,
}: EventFilter): ExportScope {
  return { kind: 'events', filter: { query, kind, operation, change, archive, field, from, until, tz } };
}
