/** RFC 4180, as strict as the contract: CRLF, quotes doubled. Returns rows of cells. */
export function rowsOf(csv) {
  const rows = [];
  let row = [];
  const cells = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/g;
  for (const [whole, cell, end] of csv.matchAll(cells)) {
    if (whole === '' && row.length === 0) break;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
