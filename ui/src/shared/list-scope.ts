import type { EventFilter, ExportScope, LogFilter } from '../api/types';

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
      arrival: filter.arrival ?? null,
      from: filter.from ?? null,
      until: filter.until ?? null,
      tz: filter.tz ?? null,
    },
  };
}

/** The deliveries that the log shows. */
export function logScope(filter: LogFilter): ExportScope {
  return {
    kind: 'deliveries',
    filter: {
      outcome: filter.outcome ?? null,
      kind: filter.kind ?? null,
      from: filter.from ?? null,
      until: filter.until ?? null,
      asset: filter.asset ?? null,
      query: filter.query ?? null,
      tz: null,
    },
  };
}
