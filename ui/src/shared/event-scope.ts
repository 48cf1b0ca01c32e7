import type { EventFilter, ExportScope } from '../api/types';

/** The events that a list shows, as what is to be exported. */
export function eventScope(filter: EventFilter): ExportScope {
  return {
    kind: 'events',
    filter: {
      query: filter.query ?? null,
      kind: filter.kind ?? null,
      operation: filter.operation ?? null,
      change: filter.change ?? null,
      archive: filter.archive ?? null,
      field: filter.field ?? null,
      from: filter.from ?? null,
      until: filter.until ?? null,
      tz: filter.tz ?? null,
    },
  };
}
