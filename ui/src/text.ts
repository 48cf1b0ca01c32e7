/** Every word that the window says, in one place and ready to be translated. Figures and dates come formatted. */
import type {
  Background,
  Change,
  Delivery,
  Import,
  LongCells,
  Note,
  ReachWay,
  Tunnel,
  TunnelName,
} from './api/types';
import { calendarDay, count, monthOf, percent } from './shared/format';
import { LANGUAGE } from './shared/locale';

const rules = new Intl.PluralRules(LANGUAGE);

function plural(n: number, one: string, other: string): string {
  return `${count(n)} ${rules.select(n) === 'one' ? one : other}`;
}

const changes: Record<Change, string> = {
  ingested: 'Ingested',
  metadata: 'Edited',
  renamed: 'Renamed',
  new_version: 'New version',
  restored: 'Restored',
  deleted: 'Deleted',
  marker: 'Marker',
  action: 'Action',
  modified: 'Modified',
  unknown: 'Unknown',
};

const steps: Record<Change, string> = {
  ingested: 'Ingested',
  metadata: 'Metadata updated',
  renamed: 'Renamed',
  new_version: 'New version uploaded',
  restored: 'Earlier version restored',
  deleted: 'Deleted',
  marker: 'Marker',
  action: 'Action',
  modified: 'Modified',
  unknown: 'Unknown event',
};

function lateness(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

function note(note: Note): string {
  switch (note.kind) {
    case 'late':
      return `Arrived ${lateness(note.seconds)} late.`;
    case 'gap':
      return 'The notice about the previous change never arrived.';
    case 'sent_again':
      return note.times === 1 ? 'Sent twice.' : `Sent ${count(note.times + 1)} times.`;
    case 'restores':
      return `The same as version ${count(note.version)}.`;
    case 'joined':
      return 'Merged by you.';
  }
}

export const text = {
  app: 'Lysbord',
  /** The title of the window: what is most particular first. */
  title: (parts: readonly (string | undefined)[]) => [...parts, 'Lysbord'].filter(Boolean).join(' – '),
  places: {
    gallery: 'Assets',
    events: 'Events',
    deliveries: 'Deliveries',
    duplicate: 'Duplicates',
    unreadable: 'Unreadable',
  },
  toGallery: 'Skip to the list',
  close: 'Close',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Could not copy: select the text and copy it by hand',
  loading: 'Loading',
  unreachable: 'Lysbord did not answer',
  unreachableDetail: 'Nothing is lost. Try again in a moment.',
  changes,
  steps,

  /** Of the picture of an asset or a version, wherever it is shown. */
  picture: {
    onItsWay: 'Picture on its way',
    missing: (reason: string | null | undefined) => (reason ? `No picture: ${reason}` : 'No picture'),
    undecodable: 'This picture cannot be shown',
    partial: 'Only part of this picture arrived',
    part: 'Part',
    older: 'Older picture',
    olderOf: (version: number) => `picture of v${version}`,
    earlier: (shown: number, wanted: number, waiting: boolean, reason: string | null | undefined) =>
      `Picture of version ${count(shown)}. ${
        waiting
          ? `The picture of version ${count(wanted)} is on its way.`
          : `There is no picture of version ${count(wanted)}${reason ? `: ${reason}` : ''}.`
      }`,
    deleted: 'Deleted',
    asOf: (when: string) => `As of ${when}`,
  },

  sidebar: {
    label: 'Collections',
    open: 'Show the sidebar',
    assets: 'Assets',
    events: 'Events',
    filters: 'Filters',
    newVersions: 'New versions',
    deleted: 'Deleted',
    missing: 'Missing pictures',
    allDeliveries: 'All deliveries',
    unreadable: 'Unreadable',
    duplicates: 'Duplicates',
    archives: 'Archives',
    noArchive: 'No archive',
    settings: 'Settings',
    keys: 'Keyboard shortcuts',
  },

  toolbar: {
    search: 'Search',
    searchHint: 'Search, or try byline:solberg changed:today',
    clearSearch: 'Clear the search',
    removeTerm: (term: string) => `Remove ${term}`,
    event: 'Last event',
    allEvents: 'All events',
    state: 'State',
    allStates: 'All states',
    present: 'In the archive',
    deleted: 'Deleted',
    missing: 'Missing picture',
    sort: 'Sort by',
    newest: 'Newest first',
    name: 'Name',
    filters: (n: number) => (n === 0 ? 'Filters' : `Filters, ${count(n)} in use`),
    export: (n: number) => `Export ${count(n)}`,
    exportNone: 'Export',
    selected: (n: number) => `${count(n)} selected`,
    clearSelection: 'Clear the selection',
    tileSize: 'Size of the tiles',
    captions: 'Names and ratings under the tiles',
    showInspector: 'Show the inspector',
    hideInspector: 'Hide the inspector',
  },

  gallery: {
    label: 'Assets',
    onAssets: (events: number, assets: number) =>
      `${plural(events, 'event', 'events')} on ${plural(assets, 'asset', 'assets')}`,
    assets: (n: number) => plural(n, 'asset', 'assets'),
    labelThen: (when: string) => `Assets as of ${when}`,
    types: {
      movie: 'Video',
      audio: 'Audio',
      document: 'Document',
      graphic: 'Graphic',
      generic: 'File',
    } as Readonly<Record<string, string>>,
    stars: (rating: number) => plural(rating, 'star', 'stars'),
    version: (n: number) => `v${n}`,
    versionName: (n: number) => `version ${count(n)}`,
    found: (n: number) => (n === 0 ? 'Nothing found' : `${plural(n, 'asset', 'assets')} found`),
    nothing: 'No results',
    nothingHint: 'Remove a search term or a filter, or look in all events and archives.',
    showAll: 'Show everything',
    failed: 'The assets could not be loaded',
  },

  menu: {
    label: (name: string) => `What to do with ${name}`,
    look: 'Open full size',
    compare: 'Compare versions',
    select: 'Add to the selection',
    deselect: 'Take out of the selection',
    copyPicture: 'Copy picture',
    copyCaption: 'Copy caption',
    copyLink: 'Copy link',
    openInFotoware: 'Open in Fotoware',
    export: (n: number) => (n === 1 ? 'Export…' : `Export ${count(n)}…`),
    keys: {
      look: 'Space',
      compare: 'C',
      select: 'Ctrl Space',
      copyPicture: 'Ctrl C',
      copyCaption: 'D',
      copyLink: 'Ctrl Shift C',
      open: 'O',
      export: 'E',
    },
    pictureCopied: 'Picture copied',
    captionCopied: 'Caption copied',
    linkCopied: 'Link copied',
    noAddress: 'No notice named a page of it in Fotoware',
    failed: 'Could not copy',
  },

  inspector: {
    label: 'Inspector',
    resize: 'Inspector width',
    nothing: 'Select a picture to see its details.',
    several: {
      title: (n: number) => `${plural(n, 'asset', 'assets')} selected`,
      ofTheFirst: (n: number) => `Of the first ${count(n)} of them:`,
      together: (size: string) => `${size} together`,
      changed: 'Changed',
      span: (first: string, last: string) => (first === last ? first : `${first} – ${last}`),
      mixed: (n: number) => plural(n, 'value', 'different values'),
    },
    info: 'Info',
    versions: 'Versions',
    compare: 'Compare',
    payload: 'Payload',
    look: 'Open full size',
    gone: 'This asset is no longer in the library.',
    notYet: 'This asset was not in the library yet.',
    description: 'Description',
    fields: 'Metadata',
    noFields: 'This asset came without metadata.',
    facts: 'File',
    fact: {
      filename: 'File name',
      formerNames: 'Earlier names',
      archive: 'Archive',
      archives: 'Archives',
      doctype: 'Type',
      size: 'File size',
      pixels: 'Pixels',
      created: 'Created',
      modified: 'Modified',
      firstSeen: 'First seen here',
      lastSeen: 'Last seen here',
      state: 'State',
      href: 'Address',
    },
    present: 'In the archive',
    deleted: 'Deleted',
    noChange: 'No visible change.',
    steps: 'Versions, latest first. Arrow keys move, Enter shows one.',
    stepCalled: (step: string, operation: string) => `${step}: ${operation}`,
    step: (step: string, version: number, when: string) => `${step}, version ${count(version)}, ${when}`,
    versionName: (n: number) => `Version ${count(n)}`,
    versionOf: (version: number, of: number) => `Version ${count(version)} of ${count(of)}`,
    backToLatest: 'Back to latest',
    wasThisVersion: 'As it was at this version',
    compareBefore: 'Compare with the previous version',
    splitHere: 'Split from here…',
    note,
    wasCalled: 'File name',
    added: 'added',
    removed: 'removed',
    empty: 'empty',
    from: (archive: string) => `From ${archive}`,
    deliveryOf: 'Delivery',
    asItCame: 'As received. Secrets are blanked out.',
    notJson: 'This body is not JSON. It is shown as received.',
    copyPayload: 'Copy the payload',
    foldAll: 'Collapse all',
    unfoldAll: 'Expand all',
    payloadTree: 'Payload',
    entries: (n: number) => plural(n, 'entry', 'entries'),
  },

  compare: {
    label: 'Compare',
    older: 'Old',
    newer: 'New',
    swap: 'Swap old and new',
    option: (version: number, step: string, when: string) => `v${version} · ${step} · ${when}`,
    blink: 'Blink',
    blinkHint: 'Hold this, or the key B, to see the old version in place of the new one',
    way: 'How to compare',
    ways: { side: 'Side by side', slider: 'Slider', difference: 'Difference' },
    stage: (way: string) => `${way}. Drag or use the arrow keys to move, plus and minus to zoom, 0 to fit.`,
    divider: 'Slider between the two pictures',
    dividerAt: (share: number) => `${percent(share)} of the old picture`,
    differenceOf: 'Changes highlighted on the newer picture',
    full: 'Compare at full size',
    fullOf: (name: string) => `Compare versions of ${name}`,
    none: 'There is only one version, so there is nothing to compare it with.',
    share: (share: number) => {
      if (share === 0) return 'Unchanged within JPEG tolerance';
      if (share < 0.001) return `Less than ${percent(0.001, 1)} of the picture changed`;
      if (share > 0.999) return 'All of the picture changed';
      return `${percent(share, 1)} of the picture changed`;
    },
    samePicture: 'The same picture',
    lookedAt: (width: number, height: number) => `compared at ${width} × ${height}`,
    absent: {
      old: 'There is no picture of the old version, so the two cannot be compared.',
      new: 'There is no picture of the new version, so the two cannot be compared.',
      both: 'There is no picture of either version.',
    },
    onItsWay: {
      old: 'The picture of the old version is on its way. The two are compared as soon as it arrives.',
      new: 'The picture of the new version is on its way. The two are compared as soon as it arrives.',
      both: 'The pictures of both versions are on their way. They are compared as soon as they arrive.',
    },
    otherProportions: (before: string, after: string) =>
      before && after
        ? `Different proportions (${before} and ${after}): the two cannot be overlaid.`
        : 'Different proportions: the two cannot be overlaid.',
    unreadable: 'One of the two pictures cannot be read, so they cannot be compared.',
    fields: 'Metadata and file',
    changed: (n: number) => (n === 0 ? 'no difference' : plural(n, 'difference', 'differences')),
    same: (n: number) => `${plural(n, 'field', 'fields')} unchanged`,
    field: 'Field',
  },

  identity: {
    sameAsset: 'Merge…',
    joinTitle: 'Merge these two assets?',
    joinHint:
      'Their histories become one, in order of time. From now on they are one asset in the gallery, in searches and in exports.',
    join: 'Merge',
    splitTitle: 'Split the asset here?',
    splitHint: 'This version and all later ones become a separate asset. Earlier ones stay where they are.',
    split: 'Split',
    stays: 'Stays',
    goes: 'Becomes a separate asset',
    steps: (n: number) => plural(n, 'event', 'events'),
    between: (first: string, last: string) => (first === last ? first : `${first} to ${last}`),
    remembered:
      'Lysbord remembers this, even when it rebuilds its library. Nothing changes in Fotoware. You can undo it at any time: Settings › Merged and split.',
  },

  zoom: {
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    zoomWhole: 'Fit to window',
    whole: 'Fit',
    zoom: (times: number) => `${times >= 10 ? Math.round(times) : Math.round(times * 10) / 10}×`,
  },

  look: {
    label: (name: string) => `${name}, full size`,
    picture: 'Picture. Drag to move, plus and minus zoom, Z shows actual pixels, 0 fits it to the window.',
    previous: 'Previous',
    next: 'Next',
    place: (n: number, of: number) => `${count(n)} of ${count(of)}`,
    share: (share: number) => percent(share),
    actual: 'Actual pixels (Z)',
    info: 'Metadata (I)',
    compare: 'Compare versions (C)',
    filmstrip: 'Filmstrip',
    /** What was kept is mostly a smaller copy of what Fotoware has. */
    pixels: (width: number, height: number, ofWidth: number | null | undefined) =>
      ofWidth && ofWidth > width ? `${width} of ${ofWidth} px wide` : `${width} × ${height} px`,
    stretched: (share: number) => `enlarged to ${percent(share)}`,
    facts: { size: 'Original', date: 'Created', by: 'Author', file: 'File' },
  },

  events: {
    label: 'Events',
    searchHint: 'Search, or try filename:DSC_',
    kind: 'Notice',
    allKinds: 'All notices',
    kinds: {
      ingested: 'Asset ingested',
      modified: 'Asset modified',
      deleted: 'Asset deleted',
      marker: 'Marker',
      action: 'Action',
      any: 'Any kind',
    } as Readonly<Record<string, string>>,
    change: 'What happened',
    allChanges: 'All events',
    archive: 'Archive',
    allArchives: 'All archives',
    noArchive: 'No archive',
    field: 'Field',
    allFields: 'All fields',
    fieldChanged: (label: string) => `${label} changed`,
    time: 'Time',
    anyTime: 'Any time',
    from: 'From',
    until: 'Until',
    spans: { today: 'Today', yesterday: 'Yesterday', week: 'Last 7 days', month: 'Last 30 days' },
    marked: 'Marked span',
    remove: (what: string) => `Remove: ${what}`,
    clear: 'Clear all',
    /** A page full of new ones may have more behind it. */
    fresh: (n: number, full: boolean) => `${count(n)}${full ? '+' : ''} new`,
    showFresh: (n: number) => `Show ${plural(n, 'new event', 'new events')}`,
    line: (step: string, name: string, when: string) => `${step}: ${name}, ${when}`,
    fieldsMore: (n: number) => `and ${count(n)} more`,
    changed: (labels: string) => `Changed: ${labels}`,
    when: (created: string, received: string) => `In Fotoware: ${created}\nHere: ${received}`,
    none: 'Nothing has happened yet',
    noneHint: 'Every notice that Fotoware sends is listed here with its picture.',
    nothing: 'No results',
    nothingHint: 'Remove a filter, or choose another time span.',
    end: 'No older events.',
    failed: 'The events could not be loaded',
  },

  time: {
    label: 'Timeline',
    now: 'Now – drag the handle to look back, or across the bars to pick a time span',
    handle: 'Moment in time',
    unfold: 'Show the timeline',
    fold: 'Hide the timeline',
    handleNow: 'Now',
    past: (when: string) => `The library as it was on ${when}`,
    pastHint: 'Later changes are hidden. New notices are still recorded.',
    pastKeys: 'Arrow keys move back and forward; hold Shift for longer steps',
    backToNow: 'Back to now',
    nowKey: 'N',
    events: (n: number) => plural(n, 'event', 'events'),
    bar: (when: string, n: number) => `${when} · ${plural(n, 'event', 'events')}`,
    span: (when: string, n: number | undefined) =>
      n === undefined ? when : `${when} · ${plural(n, 'event', 'events')}`,
    clearSpan: 'Clear time span',
    showEvents: 'Show events',
    zoomIn: 'Zoom in',
    zoomOut: 'Show all',
    failed: 'The timeline could not be loaded',
  },

  deliveries: {
    label: 'Deliveries',
    outcome: 'Outcome',
    all: 'All',
    events: 'Events',
    unreadable: 'Unreadable',
    damaged: 'Damaged',
    setAside: 'Set aside',
    duplicates: 'Duplicates',
    received: 'Received',
    kind: 'Kind',
    what: 'Result',
    size: 'Size',
    more: 'Show older',
    none: 'No deliveries here yet',
    noneUnreadable: 'Every delivery could be read',
    noneDamaged: 'No delivery is damaged',
    noneSetAside: 'Nothing has been set aside',
    noneHint: 'Every webhook that arrives is kept and listed here, even when Lysbord cannot read it.',
    pick: 'Select a delivery to see its body.',
    noType: 'no content type',
    outcomes: {
      event: 'Event',
      duplicate: 'Duplicate',
      unreadable: 'Unreadable',
      damaged: 'Damaged',
      set_aside: 'Set aside',
    } satisfies Record<Delivery['outcome'], string>,
    damagedHint: 'Its bytes changed on this disk after it arrived. All other deliveries are unaffected.',
    setAsideHint:
      'It is kept, but this version of Lysbord could not process it. A later version may. All other deliveries are unaffected.',
    duplicateHint: 'Fotoware sent this notice again. It was kept and changed nothing.',
    resend: 'Send again to…',
    curl: 'Copy as curl',
    curlCopied: 'Copied as curl',
  },

  resend: {
    title: 'Send this delivery again',
    address: 'Address',
    example: 'https://integration.example.com/hook',
    what: 'The stored body is sent by POST with its content type.',
    secrets:
      'It contains no secrets: preview tokens and upload addresses were removed before it was stored. The receiver sees “[redacted]” in their place.',
    guard:
      'Only https addresses outside private networks are allowed, unless the address is one of the Fotoware sites in the settings.',
    send: 'Send',
    sending: 'Sending…',
    answered: (status: number, ms: number) => `Answered ${status} after ${count(ms)} ms`,
    cut: 'Only the beginning of the answer is shown.',
    toItself: 'This was sent to Lysbord itself and is logged as a duplicate.',
    emptyAnswer: 'The answer has no body.',
    failed: 'It could not be sent',
  },

  status: {
    listening: (address: string) => `Listening on ${address}`,
    notListening: 'Not listening',
    paused: 'Paused: Fotoware will retry later',
    way: (words: string) => `Connection: ${words}`,
    lost: 'Connection lost. Reconnecting; what you see may be out of date.',
    lastNotice: (since: string) => `Last notice ${since}`,
    noNotice: 'No notice yet',
    pictures: (waiting: number, medianMs: number | null | undefined) =>
      [
        waiting === 0 ? 'No pictures waiting' : `${plural(waiting, 'picture', 'pictures')} waiting`,
        typeof medianMs === 'number' ? `median ${count(Math.round(medianMs))} ms` : '',
      ]
        .filter(Boolean)
        .join(', '),
    library: (size: string) => `Library ${size}`,
    rebuild: 'Rebuilding the library',
    rebuilding: (done: number, total: number) =>
      `Rebuilding the library: ${percent(total > 0 ? done / total : 0)}`,
    rebuilt: (done: number, total: number) =>
      `${count(done)} of ${plural(total, 'delivery', 'deliveries')} read`,
  },

  trouble: {
    title: (n: number) => (n === 1 ? 'There is a problem' : `There are ${count(n)} problems`),
    several: (n: number) => `${count(n)} problems`,
  },

  demo: {
    running: (n: number) => `The sample archive is running: ${plural(n, 'notice', 'notices')} so far.`,
    notYours: 'These pictures are drawn by Lysbord; they are not yours.',
    stopped: 'The sample archive has stopped. Its pictures are still here.',
    start: 'Try it with sample pictures',
    stop: 'Stop',
    remove: 'Remove sample pictures',
    failed: 'The sample archive could not be reached',
    hintsLabel: 'Three things to try',
    hints: {
      click: 'Click a picture',
      versions: 'Open Versions beside it',
      strip: 'Drag the handle at the bottom right to look back',
    },
    hintsClose: 'Got it',
  },

  reach: {
    label: 'How Fotoware reaches this computer',
    ways: {
      this_computer: 'This computer only',
      this_network: 'This network',
      tunnel: 'Through a tunnel',
      own_url: 'Your own public URL',
    } satisfies Record<ReachWay, string>,
    hints: {
      this_computer: 'For the sample archive, and for trying things out.',
      this_network: 'For Fotoware on your own servers, in the same network as this computer.',
      tunnel:
        'For Fotoware in the cloud. A program on this computer forwards its notices to Lysbord. The usual choice.',
      own_url: 'For Fotoware in the cloud, with a reverse proxy or tunnel that your IT department runs.',
    } satisfies Record<ReachWay, string>,
    use: {
      this_computer: 'Use this computer only',
      this_network: 'Listen on this address',
      tunnel: '',
      own_url: 'Use this URL',
    } satisfies Record<ReachWay, string>,
    inUse: 'In use',
    notYet: 'Not reachable yet',
    opensNothing:
      'Opens nothing: only programs on this computer can connect. Fotoware elsewhere cannot reach it.',
    whichAddress: 'Which address should Lysbord listen on?',
    allAddresses: 'All addresses of this computer',
    gone: 'not available at the moment',
    noNetwork: 'This computer is not connected to a network.',
    opens: {
      private: (address: string, port: string) =>
        `Opens ${port} on ${address} to everybody in that network. The firewall of this computer has to allow it.`,
      public: (address: string, port: string) =>
        `${address} is a public address: this opens ${port} to the whole internet, and notices arrive unencrypted. A tunnel is safer.`,
      all: (_address: string, port: string) =>
        `Opens ${port} in every network this computer joins, now and later, including the Wi-Fi in a café.`,
      gone: (address: string, port: string) =>
        `Opens ${port} on ${address} as soon as this computer has that address again.`,
    },
    port: (port: string) => (port ? `port ${port}` : 'the port of Lysbord'),
    secretKeeps: 'Without the secret, every request is refused. The gallery can never be reached this way.',
    opensTunnel: 'Opens a public https address that leads to the webhook listener on this computer.',
    noneFound: 'None of these is installed. Install one, then look again, or ask your IT department.',
    lookAgain: 'Look again',
    notFound: 'Not found on this computer.',
    getIt: (name: string) => `Get ${name}`,
    programs: {
      cloudflared: {
        needs: 'Needs no account. Good for trying things out.',
        address: 'Its address changes with every start and has to be entered in Fotoware again.',
        home: 'https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/',
      },
      ngrok: {
        needs: 'Needs an account, and its token entered in ngrok once.',
        address: 'With an account, its address stays the same.',
        home: 'https://ngrok.com/download',
      },
      tailscale: {
        needs: 'Needs a tailnet in which Funnel is allowed.',
        address: 'Its address stays the same.',
        home: 'https://tailscale.com/download',
      },
    } satisfies Record<TunnelName, { needs: string; address: string; home: string }>,
    tunnelStates: {
      off: '',
      starting: 'starting…',
      up: 'running',
      restarting: 'stopped unexpectedly, restarting…',
      failed: 'did not start',
    } satisfies Record<Tunnel['state'], string>,
    tunnelTrouble: (name: string) => `Problem with ${name}`,
    lastWords: 'Last output',
    start: 'Start',
    startAgain: 'Try again',
    stop: 'Stop',
    publicUrl: 'Public URL',
    publicUrlExample: 'https://hooks.example.com',
    ownHint: (port: string) =>
      `Forward it to ${port} of this computer by plain http, and to nothing else. If your proxy adds a path, include it.`,
    proxyAt: 'Your proxy reaches Lysbord at',
    proxyHere: 'This computer (the proxy runs here too)',
    check: 'Test connection',
    checkAgain: 'Test again',
    checking: (host: string) => `A test delivery is on its way through ${host || 'the public address'}…`,
    arrived: (host: string, ms: number | null | undefined) =>
      typeof ms === 'number'
        ? `Test delivery arrived through ${host} (${count(ms)} ms)`
        : `Test delivery arrived through ${host}`,
    checkFailed: 'The test delivery did not arrive',
    onlyHere:
      'Only programs on this computer can reach Lysbord, so there is nothing to test. Fotoware elsewhere needs another connection.',
    request: {
      copy: 'Copy a request for your IT department',
      read: 'Read it first',
      letter: ({
        port,
        addresses,
        hooks,
      }: {
        port: string;
        addresses: string[];
        hooks: string | undefined;
      }) =>
        [
          'Hello,',
          '',
          'I use Lysbord, which keeps a history of the changes in our Fotoware archive. Fotoware tells it of each change by a webhook, so Fotoware has to be able to reach Lysbord on my computer. Could you set this up?',
          '',
          'On the network:',
          `- A public https address, with a valid certificate, that forwards POST requests to plain http on ${port} of my computer${addresses.length > 0 ? ` (${addresses.join(', ')})` : ''}.`,
          '- Only the path /hooks/ has to be forwarded.',
          '- If Fotoware runs in our own network, it is enough that its server may reach that port; no public address is needed.',
          '- My computer has to reach the Fotoware site by https, to fetch previews.',
          '',
          'In Fotoware (Site Configuration › Integrations › Webhooks, which needs an API licence):',
          '- Switch on Asset ingested, Asset modified and Asset deleted, content type JSON, version 2 for Asset modified.',
          ...(hooks
            ? [
                '- Their addresses, which are secret like a password:',
                ...['ingested', 'modified', 'deleted'].map((kind) => `  Asset ${kind}: ${hooks}/${kind}`),
              ]
            : ['- I will send the three addresses as soon as the public address is known.']),
          '',
          'Requests without the secret in the address are refused, and nothing but the webhooks can be reached this way.',
          '',
          'Thank you',
        ].join('\n'),
    },
    standing: {
      starting: (name: string) => `${name} is starting`,
      restarting: (name: string) => `${name} stopped and is restarting`,
      checking: 'Testing the connection',
      failed: (host: string, why: string) =>
        [host ? `Not reachable at ${host}` : 'Not reachable', why].filter(Boolean).join(': '),
      thisComputer: 'Reachable from this computer only',
      reachable: (host: string, since: string) => `Reachable at ${host}, tested ${since}`,
      unchecked: (host: string) => `At ${host}, not tested yet`,
    },
    paused: 'Paused',
    pausedHint: 'Fotoware will retry later, so nothing is lost. Lysbord listens again when it is restarted.',
    pause: 'Pause',
    pauseHint: 'Pause: Fotoware will retry later',
    resume: 'Resume',
    figure: {
      label:
        'In Site Configuration, under Integrations, Webhooks, each of the three notifications is switched on and has its own address and content type JSON. Asset modified also has version 2.',
      site: 'Site Configuration',
      integrations: 'Integrations',
      webhooks: 'Webhooks',
      json: 'JSON',
      version: 'Version 2',
      caption: 'Drawn, not photographed: your Fotoware may look a little different.',
    },
  },

  welcome: {
    title: 'Connect your archive',
    ready: 'Your light table is ready',
    lead: 'Every notice your Fotoware archive sends lands here with its picture, and stays.',
    ingested: 'Asset ingested',
    modified: 'Asset modified',
    deleted: 'Asset deleted',
    or: 'No Fotoware at hand?',
    demo: 'A sample archive draws pictures and sends notices as Fotoware would. It can be removed without a trace.',
    connect: 'Connect Fotoware',
    connectAgain: 'Connect step by step…',
    waiting: 'Nothing has arrived yet.',
    addresses: 'The webhook addresses for Fotoware:',
    stepsLabel: 'Steps',
    stepOf: (n: number, of: number, name: string, mark: string) =>
      `Step ${n} of ${of}: ${name}${mark ? `, ${mark}` : ''}`,
    marks: { number: '', done: 'done', skipped: 'skipped' },
    steps: { tenant: 'Your Fotoware', way: 'Connection', hooks: 'Webhooks', check: 'First notice' },
    back: 'Back',
    next: 'Next',
    skip: 'Skip',
    skipAll: 'Skip setup',
    finish: 'Open the gallery',
    finishUnconnected: 'Finish without connecting',
    unconnected: 'Not connected yet',
    unconnectedHint:
      'Only programs on this computer can reach Lysbord. Fotoware on another computer or in the cloud cannot.',
    chooseWay: 'Choose a connection',
    nothingArrives: 'Notices arrive once Fotoware can reach this computer.',
    afterwards: {
      reachable: 'Lysbord can be reached. Next: save the webhooks in Fotoware, then edit a caption there.',
      arrived: 'Fotoware and Lysbord are connected. From now on every change arrives by itself.',
    },
    later: 'You will find all of this again in Settings › Connection.',
    tenantTitle: 'Where is your Fotoware?',
    tenantHint:
      'Its address, as you open it in a browser. You trust this host: Lysbord fetches pictures from it, even in a private network or without encryption.',
    tenantMore:
      'You can add several. While none is listed, pictures are fetched from any public https address that a notice names; once one is, only from those listed.',
    wayTitle: 'How will Fotoware reach this computer?',
    wayHint: 'Fotoware sends its notices to Lysbord, so it has to be able to connect to this computer.',
    hooksTitle: 'Tell Fotoware where to send its notices',
    hooksHint:
      'In Fotoware, open Site Configuration › Integrations › Webhooks. Switch on these three, each with its own address and content type JSON. Choose version 2 for Asset modified, so that notices say what changed.',
    hooksSecret: 'Anyone who knows these addresses can send notices to your library. Keep them secret.',
    hooksLocal:
      'These addresses work on this computer only. Go back a step and choose another connection, or Fotoware cannot reach them.',
    hooksNone: 'There are no addresses yet',
    checkTitle: 'Does it work?',
    checkWay: 'Connection',
    checkWayHint: 'A small test delivery is sent to the public address. Nothing of it is kept.',
    checkNotice: 'The first notice',
    checkNoticeHint:
      'Save the webhooks in Fotoware, then change something there: edit a caption, for example.',
    checkWaiting: 'Waiting for a notice from Fotoware…',
    checkLong:
      'Nothing yet. In Fotoware, Tools › Manage webhooks lists what could not be delivered, and why. Webhooks need an API licence.',
    checkDemo: 'The sample archive is running: its notices count here as well.',
    firstArrived: 'The first notice has arrived',
    arrived: 'A notice has arrived',
    arrivedWith: (kind: string, name: string) => [kind, name].filter(Boolean).join(': '),
    unreadable: 'Something arrived that Lysbord could not read',
    unreadableHint: (why: string) =>
      `It is kept as received${why ? ` (${why})` : ''}. In Fotoware, choose content type JSON.`,
    oldVersion:
      'It does not say what changed. Choose version 2 for Asset modified in Fotoware, and notices will.',
  },

  settings: {
    title: 'Settings',
    tabs: {
      general: 'General',
      connection: 'Connection',
      background: 'Background',
      notifications: 'Notifications',
      fields: 'Field names',
      decisions: 'Merged and split',
    },
    theme: 'Colours',
    themes: {
      system: 'As the system',
      light: 'Light',
      dark: 'Dark',
      contrast: 'High contrast',
    },
    wayIn: 'Connection',
    wayInHint: 'How Fotoware reaches this computer. A change takes effect at once.',
    check: 'Test',
    checkHint:
      'A small test delivery is sent to the public address and has to arrive here. Nothing of it is kept.',
    stepByStep: 'Step by step',
    stepByStepHint:
      'The four short steps of the first start: your Fotoware, the connection, the webhooks, a live test.',
    pauseTitle: 'Pause',
    pauseHint:
      'While Lysbord is paused, Fotoware will retry later, so nothing is lost. Lysbord listens again when it is restarted.',
    pausedNow: 'Lysbord is paused.',
    closing: 'When the window is closed',
    closingHint:
      'Notices are recorded only while Lysbord runs. It can keep running in the background; the tray icon, or starting Lysbord again, brings the window back.',
    closings: {
      ask: 'Ask',
      yes: 'Keep listening',
      no: 'Quit',
    } satisfies Record<Background['keep_listening'], string>,
    login: 'Start when you log in',
    loginHint: 'In the background, so that nothing is missed.',
    notify: 'Desktop notifications',
    notifyHint:
      'At most one every fifteen seconds: events close together are combined. None appear while you work in this window.',
    notifyKinds: 'What happened',
    notifyKindsHint: 'If none is chosen, all of them.',
    notifyArchives: 'In which archives',
    notifyArchivesHint: 'If none is chosen, every archive.',
    noArchives: 'Archives appear here once a notice has named them.',
    notifyQuery: 'Only assets that match a search',
    notifyQueryHint: 'Written as in the search box, such as byline:solberg. Leave empty for everything.',
    notifyQueryExample: 'byline:solberg',
    quiet: 'Quiet hours',
    quietHint: 'What happens during them is summed up in one notification when they end.',
    quietFrom: 'From',
    quietUntil: 'Until',
    archiveOf: (name: string) => name || 'No archive',
    fieldsHint:
      'What the fields of your site are called, here and in exports. Leave empty to use the default.',
    noFields: 'No metadata has arrived yet. Fields appear here once an asset uses them.',
    fieldSearch: 'Find a field',
    noFieldFound: 'No field has that name.',
    fieldNumber: 'Number',
    fieldDefault: 'Default name',
    fieldGiven: 'Your name',
    nameOf: (id: number, label: string) => `Your name for field ${id}, ${label}`,
    resetField: (label: string) => `Back to ${label}`,
    decisionsHint:
      'Assets that you merged or split yourself. Each decision survives a rebuild, and can be undone.',
    noDecisions: 'Nothing has been merged or split by hand.',
    noDecisionsHint:
      'Select two assets to merge them. To split one, choose a version under Versions in the inspector.',
    joined: 'Merged into one asset',
    split: 'Split in two',
    takeBack: 'Undo',
    takenBack: 'Undone',
    imports: 'Imports',
    importsHint:
      'What was imported on the command line. Undoing an import removes its deliveries and what is shown of them; what also arrived by webhook stays.',
    imported: ({ events, duplicates, unreadable }: Import) =>
      [
        plural(events, 'event', 'events'),
        plural(duplicates, 'duplicate', 'duplicates'),
        `${count(unreadable)} unreadable`,
      ].join(', '),
    takeImportBack: (id: number) => `Undo import ${id}`,
    hooks: 'Webhook addresses',
    hooksHint: 'Anyone who knows these can send notices to your library. Keep them secret.',
    renew: 'Renew the secret',
    renewTitle: 'Renew the secret?',
    renewHint:
      'The three addresses change at once, and notices to the old ones are refused. Enter the new ones in Fotoware.',
    renewNow: 'Renew',
    renewed: 'Renewed. Enter the new addresses in Fotoware.',
    tenants: 'Your Fotoware sites',
    tenantsHint:
      'Pictures are fetched only from hosts you trust. While none is listed, any public https address is allowed.',
    tenant: 'Address of a Fotoware site',
    tenantExample: 'https://example.fotoware.cloud',
    addTenant: 'Add',
    removeTenant: (url: string) => `Remove ${url}`,
    large: 'Large previews',
    largeHint:
      'The longest side, in pixels, of a large picture kept in addition to the preview. 0 keeps none.',
    pixels: 'px',
    data: 'Data folder',
    showData: 'Show in folder',
    rebuild: 'Rebuild library',
    rebuildHint:
      'Reads all deliveries again and works out assets, versions and search from them. Deliveries, pictures and your own decisions stay as they are. You can keep working; the new library replaces the old one when it is complete.',
    rebuildNow: 'Rebuild',
    rebuildBegun: 'Started. The status line shows the progress.',
    version: (version: string) => `Lysbord ${version}`,
    save: 'Save',
    saved: 'Saved',
  },

  activity: {
    open: 'Report',
    title: 'Report',
    month: 'Month',
    monthOf: (from: string) => monthOf(from),
    summary: (events: number, assets: number) =>
      events === 0
        ? 'Nothing happened in this month.'
        : `${plural(events, 'event', 'events')}, ${plural(assets, 'asset', 'assets')}.`,
    days: 'Events by day',
    day: (day: string, events: number) => `${calendarDay(day) ?? day}: ${plural(events, 'event', 'events')}`,
    changes: 'What happened',
    archives: 'In which archives',
    fields: 'Fields that changed',
    busiest: 'Assets with most events',
    who: 'Fotoware’s notices do not say who made a change.',
    export: (events: string) => (events ? 'Export report…' : 'Export'),
  },
  exportColumns: {
    title: 'Columns',
    which: 'Which columns',
    all: 'All columns',
    own: 'Chosen here…',
    hint: 'Type another name for a column, move it with the arrows or with Alt and an arrow key.',
    nameOf: (title: string) => `Name of the column ${title}`,
    up: (title: string) => `Move ${title} up`,
    down: (title: string) => `Move ${title} down`,
    remove: (title: string) => `Remove ${title}`,
    add: 'Add a column…',
    presetName: 'Save these columns as…',
    save: 'Save',
    forget: (name: string) => `Remove “${name}”`,
  },
  export: {
    title: 'Export',
    past: (when: string) => `Everything as it was on ${when}.`,
    scope: 'Which assets',
    selection: 'Selected',
    search: 'Search results',
    all: 'Everything',
    what: 'Content',
    assets: 'Assets',
    assetsHint: 'One row per asset, one column per metadata field',
    events: 'Events',
    eventsHint: 'One row per event, in order of time',
    changes: 'Changes',
    changesHint: 'One row per changed field: old, new, added, removed',
    format: 'Format',
    contactSheet: 'Contact sheet',
    contactSheetHint: 'Pages of pictures with two lines below each, as PDF',
    page: 'Pages',
    layout: (columns: number, rows: number) => `${count(columns)} × ${count(rows)} pictures a page`,
    firstLine: 'First line below a picture',
    secondLine: 'Second line below a picture',
    reportOf: ({ from, until }: { from: string; until: string }) =>
      `The report from ${calendarDay(from) ?? from} to ${calendarDay(until) ?? until}.`,
    theseEvents: 'The events that the list shows, with its filters and its span of time.',
    theseDeliveries: 'The deliveries that the list shows.',
    xlsx: 'Excel workbook',
    xlsxHint: 'dates, numbers, pictures and links; opens in LibreOffice and Numbers, too',
    pictureInRow: 'A picture in each row, up to 20,000 rows',
    pictures: 'Pictures as files',
    noPictures: 'None',
    thumbnails: 'Thumbnails',
    previews: 'Previews',
    picturesFolder: 'They go into a folder beside the file.',
    picturesZip: 'They come with the file in a zip archive.',
    csv: 'CSV',
    csvHint: 'commas, for programs and other spreadsheets',
    excelSemicolon: 'For Excel (semicolon)',
    excelSemicolonHint: 'in Norway, Germany and most of Europe',
    excelComma: 'For Excel (comma)',
    excelCommaHint: 'in Britain, the United States and elsewhere',
    jsonl: 'JSON Lines',
    jsonlHint: 'for programs',
    start: 'Export',
    saveAs: 'Save as…',
    running: (rows: number, total: number) =>
      total > 0 ? `${count(rows)} of ${plural(total, 'row', 'rows')}` : plural(rows, 'row', 'rows'),
    progress: 'Rows written',
    done: (rows: number, size: string) => `${plural(rows, 'row', 'rows')}, ${size}`,
    doneTitle: 'Exported',
    downloaded: 'It is in your browser’s downloads.',
    longCells: ({ count: cells, row, column, filename, are_cut }: LongCells) =>
      `${plural(cells, 'cell is', 'cells are')} longer than the ${count(32_767)} characters that Excel takes. ${
        cells === 1 ? 'It is' : 'The first is'
      } ${column} of ${filename}, in row ${count(row)}. ${
        are_cut
          ? 'A workbook cannot hold more: they end with “…”. CSV has them whole.'
          : 'Nothing is cut in the file.'
      }`,
    show: 'Show in folder',
    cancelled: 'Cancelled. No file was left behind.',
    failed: 'The export failed',
    another: 'Export something else',
  },

  keys: {
    title: 'Keyboard shortcuts',
    list: [
      [['←', '→', '↑', '↓'], 'Move'],
      [['Shift', '←→↑↓'], 'Extend selection'],
      [['Ctrl', 'A'], 'Select all results'],
      [['Ctrl', 'Click'], 'Add to or remove from the selection'],
      [['Home', 'End'], 'First, last'],
      [['PgUp', 'PgDn'], 'One screen up, one screen down'],
      [['Ctrl', 'Wheel'], 'Larger or smaller tiles'],
      [['Enter'], 'Open the inspector'],
      [['I'], 'Show or hide the inspector; at full size, the metadata'],
      [['C'], 'Compare versions at full size'],
      [['+', '-', '0'], 'At full size: zoom in, zoom out, fit'],
      [['Z'], 'At full size: actual pixels, and back'],
      [['1', '2', '3'], 'In compare: side by side, slider, difference'],
      [['B'], 'In compare: hold to see the old version in place of the new one'],
      [['Space'], 'Open full size; arrow keys go to the next, Esc closes'],
      [['Ctrl', 'C'], 'Copy the picture'],
      [['Ctrl', 'Shift', 'C'], 'Copy the link'],
      [['D'], 'Copy the caption'],
      [['O'], 'Open in Fotoware'],
      [['E'], 'Export'],
      [['Shift', 'F10'], 'Open the menu of the picture'],
      [['F6'], 'Next part of the window; with Shift, the previous one'],
      [['/'], 'Search'],
      [['Esc'], 'Clear the selection, then go back to now'],
      [['N'], 'Back to now'],
      [['T'], 'Go to the timeline; arrow keys look back'],
      [['?'], 'This list'],
    ] satisfies [string[], string][],
    termsTitle: 'Search terms',
    terms: [
      ['byline:solberg', 'Photographer'],
      ['caption:"fishing boats"', 'Words of the caption'],
      ['keywords:dawn', 'A keyword'],
      ['filename:DSC_', 'File name'],
      ['archive:press', 'Archive'],
      ['event:renamed', 'Last event'],
      ['changed:today', 'Or yesterday, or 2026-03-04'],
      ['is:deleted', 'Or present, missing'],
      ['type:image', 'Document type'],
      ['-draft', 'Without this word'],
    ] satisfies [string, string][],
  },
};
