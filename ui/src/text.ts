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
import { count, percent } from './shared/format';
import { LANGUAGE } from './shared/locale';

const rules = new Intl.PluralRules(LANGUAGE);

function plural(n: number, one: string, other: string): string {
  return `${count(n)} ${rules.select(n) === 'one' ? one : other}`;
}

const changes: Record<Change, string> = {
  ingested: 'Ingested',
  metadata: 'Metadata',
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
  restored: 'Revision restored',
  deleted: 'Deleted',
  marker: 'Marker clicked',
  action: 'Action run',
  modified: 'Modified',
  unknown: 'Something Lysbord does not know yet',
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
      return `Came ${lateness(note.seconds)} late.`;
    case 'gap':
      return 'The notice of the change before this is missing.';
    case 'sent_again':
      return note.times === 1 ? 'Sent twice.' : `Sent ${count(note.times + 1)} times.`;
    case 'restores':
      return `The same as version ${count(note.version)}.`;
    case 'joined':
      return 'Joined by you.';
  }
}

export const text = {
  app: 'Lysbord',
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

  sidebar: {
    label: 'Collections',
    open: 'Show the sidebar',
    assets: 'Assets',
    events: 'Events',
    newVersions: 'New versions',
    deleted: 'Deleted',
    missing: 'Missing picture',
    deliveries: 'Deliveries',
    allDeliveries: 'All deliveries',
    unreadable: 'Unreadable',
    duplicates: 'Duplicates',
    archives: 'Archives',
    noArchive: 'No archive named',
    settings: 'Settings',
    keys: 'Keys',
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
    sort: 'Order',
    filters: (n: number) => (n === 0 ? 'Filters' : `Filters, ${count(n)} in use`),
    newest: 'Newest',
    name: 'By name',
    export: (n: number) => `Export ${count(n)}`,
    exportNone: 'Export',
    selected: (n: number) => `${count(n)} selected`,
    clearSelection: 'Clear the selection',
    showInspector: 'Show the inspector',
    hideInspector: 'Hide the inspector',
  },

  gallery: {
    label: 'Assets',
    onAssets: (events: number, assets: number) =>
      `${plural(events, 'event', 'events')} on ${plural(assets, 'asset', 'assets')}`,
    assets: (n: number) => plural(n, 'asset', 'assets'),
    waiting: 'Picture on its way',
    missing: (reason: string | null | undefined) => (reason ? `No picture: ${reason}` : 'No picture'),
    earlier: (waiting: boolean, reason: string | null | undefined) =>
      waiting
        ? 'Its new picture is on its way. This is the one before.'
        : `Its new picture could not be kept${reason ? ` (${reason})` : ''}. This is the one before.`,
    undecodable: 'This picture cannot be shown',
    partial: 'Only part of this picture came',
    part: 'Part',
    version: (n: number) => `v${n}`,
    tile: (name: string, change: string, versions: number) =>
      versions > 1 ? `${name}, ${change}, version ${versions}` : `${name}, ${change}`,
    found: (n: number) => (n === 0 ? 'Nothing found' : `${plural(n, 'asset', 'assets')} found`),
    nothing: 'Nothing on the table matches',
    nothingHint: 'Take a word away, or look in all events and archives.',
    showAll: 'Show everything',
    failed: 'The assets could not be read',
  },

  inspector: {
    label: 'Inspector',
    resize: 'Width of the inspector',
    nothing: 'Select a picture to see what is known about it.',
    oneOf: (n: number) => `One of ${count(n)} selected`,
    info: 'Info',
    versions: 'Versions',
    compare: 'Compare',
    payload: 'Payload',
    look: 'Look at it in full size',
    gone: 'This asset is no longer in the library.',
    notYet: 'This asset was not in the library yet.',
    description: 'Description',
    fields: 'Metadata',
    noFields: 'No metadata fields came with this asset.',
    facts: 'Facts',
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
    noChange: 'Nothing that Lysbord compares has changed.',
    steps: 'Versions, the latest first. Enter shows one, arrow keys walk.',
    stepCalled: (step: string, operation: string) => `${step}: ${operation}`,
    step: (step: string, version: number, when: string) => `${step}, version ${count(version)}, ${when}`,
    versionName: (n: number) => `Version ${count(n)}`,
    versionOf: (version: number, of: number) => `Version ${count(version)} of ${count(of)}`,
    backToLatest: 'Back to latest',
    wasThisVersion: 'As it was at this version',
    compareBefore: 'Compare with the one before',
    splitHere: 'From here on this is another asset…',
    note,
    wasCalled: 'File name',
    added: 'added',
    removed: 'removed',
    empty: 'empty',
    from: (archive: string) => `From ${archive}`,
    deliveryOf: 'Delivery',
    asItCame: 'As it came. Secrets are blanked out.',
    notJson: 'This body is not JSON. It is shown as it came.',
    copyPayload: 'Copy the payload',
    foldAll: 'Fold all',
    unfoldAll: 'Unfold all',
    payloadTree: 'Payload',
    entries: (n: number) => plural(n, 'entry', 'entries'),
  },

  compare: {
    label: 'Compare',
    older: 'Old',
    newer: 'New',
    swap: 'Swap old and new',
    option: (version: number, step: string, when: string) => `v${version} · ${step} · ${when}`,
    way: 'How to compare',
    ways: { side: 'Side by side', slider: 'Slider', difference: 'Difference' },
    stage: (way: string) =>
      `${way}. Drag or arrow keys move, plus and minus zoom, 0 shows the whole picture.`,
    divider: 'Slider between the two pictures',
    dividerAt: (share: number) => `${percent(share)} of the old picture`,
    differenceOf: 'What changed, lit up over the newer picture',
    zoomIn: 'Nearer',
    zoomOut: 'Further',
    zoomWhole: 'Whole picture',
    whole: 'Whole',
    zoom: (times: number) => `${times >= 10 ? Math.round(times) : Math.round(times * 10) / 10}×`,
    full: 'Compare in full size',
    fullOf: (name: string) => `Compare versions of ${name}`,
    none: 'There is one version only, so there is nothing to compare it with.',
    share: (share: number) => {
      if (share === 0) return 'Unchanged within JPEG tolerance';
      if (share < 0.001) return `Less than ${percent(0.001, 1)} of the picture changed`;
      if (share > 0.999) return 'All of the picture changed';
      return `${percent(share, 1)} of the picture changed`;
    },
    samePicture: 'The same picture',
    lookedAt: (width: number, height: number) => `looked at in ${width} × ${height} pixels`,
    absent: {
      old: 'There is no picture of the old version, so the two cannot be compared.',
      new: 'There is no picture of the new version, so the two cannot be compared.',
      both: 'There is no picture of either version.',
    },
    otherProportions: (before: string, after: string) =>
      before && after
        ? `Other proportions (${before} and ${after}): they cannot lie over each other.`
        : 'Other proportions: the two cannot lie over each other.',
    unreadable: 'One of the two pictures cannot be read, so they cannot be compared.',
    noPicture: 'No picture was kept of this version.',
    fields: 'Metadata and file',
    changed: (n: number) => (n === 0 ? 'no difference' : plural(n, 'difference', 'differences')),
    same: (n: number) => `${plural(n, 'field', 'fields')} unchanged`,
    field: 'Field',
  },

  identity: {
    sameAsset: 'These are the same asset…',
    joinTitle: 'Make one asset of these two?',
    joinHint:
      'Their histories become one, in order of time, and from now on they are one asset in the gallery, in searches and in exports.',
    join: 'They are the same',
    splitTitle: 'Begin another asset here?',
    splitHint: 'This step and all later ones become an asset of their own. What came before stays as it is.',
    split: 'It is another asset',
    stays: 'Stays',
    goes: 'Becomes another asset',
    steps: (n: number) => plural(n, 'step', 'steps'),
    between: (first: string, last: string) => (first === last ? first : `${first} to ${last}`),
    remembered:
      'Lysbord remembers this, also when it rebuilds its library. Nothing in Fotoware changes. You can take it back at any time: Settings › Joined and split.',
  },

  look: {
    label: (name: string) => `${name}, full size`,
    previous: 'Previous',
    next: 'Next',
    place: (n: number, of: number) => `${count(n)} of ${count(of)}`,
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
    allChanges: 'All that happened',
    archive: 'Archive',
    allArchives: 'All archives',
    noArchive: 'No archive named',
    field: 'Field',
    allFields: 'Any field',
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
    noneHint: 'Each notice that Fotoware sends is listed here with its picture.',
    nothing: 'No event matches',
    nothingHint: 'Take a condition away, or look at another span of time.',
    end: 'There is nothing older.',
    failed: 'The events could not be read',
  },

  time: {
    label: 'Strip of time',
    unfold: 'Show the strip of time',
    fold: 'Hide the strip of time',
    now: 'Library as of now – drag the handle to look back, or the bars to mark a span',
    handle: 'Moment the library is shown as of',
    handleNow: 'Now',
    past: (when: string) => `The library as it was on ${when}`,
    pastHint: 'What has happened since is not shown. New notices are still kept.',
    pastKeys: 'Arrow keys go back and on, with Shift in longer steps',
    backToNow: 'Now',
    nowKey: 'N',
    events: (n: number) => plural(n, 'event', 'events'),
    bar: (when: string, n: number) => `${when} · ${plural(n, 'event', 'events')}`,
    span: (when: string, n: number | undefined) =>
      n === undefined ? when : `${when} · ${plural(n, 'event', 'events')}`,
    clearSpan: 'Clear the span',
    showEvents: 'Show its events',
    zoomIn: 'Closer',
    zoomOut: 'All of it',
    failed: 'The strip of time could not be read',
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
    what: 'What came of it',
    size: 'Size',
    more: 'Show older ones',
    none: 'No deliveries here yet',
    noneUnreadable: 'Every delivery could be read',
    noneDamaged: 'No delivery is damaged',
    noneSetAside: 'Every delivery that could be read is shown',
    noneHint: 'Each webhook that arrives is kept and listed here, also when Lysbord cannot make sense of it.',
    pick: 'Select a delivery to see its body.',
    noType: 'no content type',
    outcomes: {
      event: 'Event',
      duplicate: 'Duplicate',
      unreadable: 'Unreadable',
      damaged: 'Damaged',
      set_aside: 'Set aside',
    } satisfies Record<Delivery['outcome'], string>,
    damagedHint: 'Its bytes changed on this disk after it came. All other deliveries are shown.',
    setAsideHint:
      'It is kept, but Lysbord could not show it. A later version may; all other deliveries are shown.',
    duplicateHint: 'Fotoware sent this one again. It was kept and changed nothing.',
    resend: 'Send again to…',
    curl: 'Copy as curl',
    curlCopied: 'Copied as curl',
  },

  resend: {
    title: 'Send this delivery again',
    address: 'Address',
    example: 'https://integration.example.com/hook',
    what: 'The body goes out by POST as it is kept here, with its content type.',
    secrets:
      'Its secrets are not in it: preview tokens and upload addresses were taken out before it was kept, and the receiver finds “[redacted]” in their place.',
    guard:
      'As with pictures, only https goes out, and nothing to a private network, unless the address is one of your tenants in the settings.',
    send: 'Send it',
    sending: 'Sending…',
    answered: (status: number, ms: number) => `Answered ${status} after ${count(ms)} ms`,
    cut: 'The answer went on; this is its beginning.',
    toItself: 'This was Lysbord itself: it is in the log as a duplicate.',
    emptyAnswer: 'The answer has no body.',
    failed: 'It could not be sent',
  },

  status: {
    listening: (address: string) => `Listening on ${address}`,
    notListening: 'Not listening',
    paused: 'Paused: Fotoware is told to come again later',
    way: (words: string) => `The way in: ${words}`,
    lost: 'Connection lost. Trying again; what you see is as of before.',
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
    rebuild: 'Making the library anew',
    rebuilding: (done: number, total: number) =>
      `Making the library anew: ${percent(total > 0 ? done / total : 0)}`,
    rebuilt: (done: number, total: number) =>
      `${count(done)} of ${plural(total, 'delivery', 'deliveries')} read`,
  },

  trouble: {
    title: (n: number) => (n === 1 ? 'Something is wrong' : `${count(n)} things are wrong`),
    several: (n: number) => `${count(n)} things are wrong`,
  },

  demo: {
    running: (n: number) => `The pretend tenant is playing: ${plural(n, 'notice', 'notices')} so far.`,
    notYours: 'These pictures are drawn by Lysbord, not yours.',
    stopped: 'The pretend tenant has stopped. Its pictures are still on the table.',
    start: 'Show me with a pretend tenant',
    stop: 'Stop',
    remove: 'Remove its pictures',
    failed: 'The pretend tenant could not be reached',
  },

  reach: {
    label: 'How Fotoware reaches this computer',
    ways: {
      this_computer: 'This computer only',
      this_network: 'This network',
      tunnel: 'Through a tunnel',
      own_url: 'A public URL of your own',
    } satisfies Record<ReachWay, string>,
    hints: {
      this_computer: 'For the pretend tenant, and for trying.',
      this_network: 'For Fotoware on your own premises, in the same network as this computer.',
      tunnel: 'For Fotoware in the cloud. A program on this computer leads its notices in.',
      own_url: 'For Fotoware in the cloud, with a reverse proxy or a tunnel that you run yourself.',
    } satisfies Record<ReachWay, string>,
    use: {
      this_computer: 'Use this computer only',
      this_network: 'Listen there',
      tunnel: '',
      own_url: 'Use this URL',
    } satisfies Record<ReachWay, string>,
    inUse: 'In use',
    notYet: 'Not reachable yet',
    opensNothing:
      'Opens nothing: only programs on this computer can knock. Fotoware elsewhere cannot reach it.',
    whichAddress: 'At which address is Lysbord to listen?',
    allAddresses: 'All addresses of this computer',
    gone: 'not there at the moment',
    noNetwork: 'This computer is in no network at the moment.',
    opens: {
      private: (address: string, port: string) =>
        `Opens ${port} at ${address} to everybody in that network; the firewall of this computer has to let it through.`,
      public: (address: string, port: string) =>
        `${address} is a public address: this opens ${port} to anybody in the world, and notices come without encryption. A tunnel is safer.`,
      all: (_address: string, port: string) =>
        `Opens ${port} in every network this computer is in, now and later, also in a café’s.`,
      gone: (address: string, port: string) =>
        `Opens ${port} at ${address} as soon as this computer has that address again.`,
    },
    port: (port: string) => (port ? `port ${port}` : 'the port of Lysbord'),
    secretKeeps: 'Who knocks without the secret finds nothing, and the gallery is never reached this way.',
    opensTunnel: 'Opens a public https address that leads to the webhook listener on this computer.',
    noneFound: 'Install one of them, and look again.',
    lookAgain: 'Look again',
    notFound: 'Not found on this computer.',
    getIt: (name: string) => `Get ${name}`,
    programs: {
      cloudflared: {
        needs: 'Needs no account. Good for trying.',
        address: 'With each start it has another address, and Fotoware has to be told again.',
        home: 'https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/',
      },
      ngrok: {
        needs: 'Needs an account, and its token given to ngrok once.',
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
      starting: 'on its way up…',
      up: 'running',
      restarting: 'fell, and is started again…',
      failed: 'did not come up',
    } satisfies Record<Tunnel['state'], string>,
    tunnelTrouble: (name: string) => `Trouble with ${name}`,
    lastWords: 'Its last words',
    start: 'Start',
    startAgain: 'Try again',
    stop: 'Stop',
    publicUrl: 'Public URL',
    publicUrlExample: 'https://hooks.example.com',
    ownHint: (port: string) =>
      `Lead it to ${port} of this computer by plain http, and to nothing else. If your proxy has a path of its own, give it too.`,
    proxyAt: 'Your proxy finds Lysbord at',
    proxyHere: 'This computer: it runs here too',
    check: 'Check the way in',
    checkAgain: 'Check again',
    checking: (host: string) => `A delivery is on its way round by ${host || 'the public address'}…`,
    arrived: (host: string, ms: number | null | undefined) =>
      typeof ms === 'number'
        ? `A delivery came round by ${host} in ${count(ms)} ms`
        : `A delivery came round by ${host}`,
    checkFailed: 'The delivery did not come round',
    standing: {
      starting: (name: string) => `${name} is on its way up`,
      restarting: (name: string) => `${name} fell and is started again`,
      checking: 'Checking the way in',
      failed: (host: string, why: string) =>
        [host ? `Not reachable at ${host}` : 'Not reachable', why].filter(Boolean).join(': '),
      thisComputer: 'For this computer only',
      reachable: (host: string, since: string) => `Reachable at ${host}, checked ${since}`,
      unchecked: (host: string) => `At ${host}, not checked yet`,
    },
    paused: 'Paused',
    pausedHint: 'Fotoware is told to come again, and does. A new start of Lysbord listens again.',
    pause: 'Pause',
    pauseHint: 'Ask Fotoware to come again later',
    resume: 'Listen again',
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
    title: 'Your light table is ready',
    lead: 'Every notice your Fotoware archive sends lands here with its picture, and stays.',
    ingested: 'Asset ingested',
    modified: 'Asset modified',
    deleted: 'Asset deleted',
    or: 'No Fotoware at hand?',
    demo: 'The pretend tenant draws pictures and sends notices as Fotoware would. It can be removed without a trace.',
    connect: 'Connect Fotoware',
    connectAgain: 'Go through the four steps…',
    waiting: 'Nothing has arrived yet.',
    addresses: 'The webhook addresses for Fotoware:',
    stepsLabel: 'Steps',
    stepOf: (n: number, of: number, name: string) => `Step ${n} of ${of}: ${name}`,
    steps: { tenant: 'Your Fotoware', way: 'The way in', hooks: 'Webhooks', check: 'First notice' },
    back: 'Back',
    next: 'Next',
    skip: 'Skip',
    skipAll: 'Skip all four',
    finish: 'To the light table',
    later: 'All of this is to be found again in Settings › Connection.',
    tenantTitle: 'Where is your Fotoware?',
    tenantHint:
      'Its address, as you open it in a browser. With it you vouch for this host: Lysbord fetches pictures from there, also in a private network or without encryption.',
    tenantMore:
      'Several are fine. As long as none is listed, pictures are fetched from any public https address that a notice names; as soon as one is, from those listed only.',
    wayTitle: 'How will Fotoware reach this computer?',
    wayHint: 'Notices come from Fotoware to Lysbord, so there has to be a way in.',
    hooksTitle: 'Tell Fotoware where to send its notices',
    hooksHint:
      'In Fotoware, open Site Configuration › Integrations › Webhooks. Switch these three on, each with its own address and content type JSON. Choose version 2 for Asset modified, so that notices say what changed.',
    hooksSecret: 'Whoever knows these addresses can put notices on your table. Keep them to yourself.',
    hooksLocal:
      'These addresses work on this computer only. Go back a step for another way in, or Fotoware will not find it.',
    hooksNone: 'There are no addresses yet',
    checkTitle: 'Does it work?',
    checkWay: 'The way in',
    checkWayHint: 'A small delivery goes out by the public address. Nothing of it is kept.',
    checkNotice: 'The first notice',
    checkNoticeHint: 'Save the webhooks in Fotoware, then change a picture there: edit a caption, say.',
    checkWaiting: 'Waiting for a notice from Fotoware…',
    checkLong:
      'Nothing yet. In Fotoware, Tools › Manage webhooks lists what could not be delivered, and why. Webhooks need an API licence there.',
    checkDemo: 'The pretend tenant is playing: its notices count here as well.',
    firstArrived: 'The first notice has arrived',
    arrived: 'A notice has arrived',
    arrivedWith: (kind: string, name: string) => [kind, name].filter(Boolean).join(': '),
    unreadable: 'Something arrived that Lysbord could not read',
    unreadableHint: (why: string) =>
      `It is kept as it came${why ? ` (${why})` : ''}. In Fotoware, choose content type JSON.`,
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
      decisions: 'Joined and split',
    },
    theme: 'Colours',
    themes: {
      system: 'As the system',
      light: 'Light',
      dark: 'Dark',
      contrast: 'High contrast',
    },
    wayIn: 'The way in',
    wayInHint: 'How Fotoware reaches this computer. A change holds at once.',
    check: 'Check',
    checkHint: 'A small delivery goes out by the public address and has to come in. Nothing of it is kept.',
    stepByStep: 'Step by step',
    stepByStepHint:
      'The four short steps of the first start: your Fotoware, the way in, the webhooks, a live check.',
    pauseTitle: 'Pause',
    pauseHint:
      'While Lysbord is paused, Fotoware is told to come again, and does. A new start of Lysbord listens again.',
    pausedNow: 'Lysbord is paused.',
    closing: 'When the window is closed',
    closingHint:
      'A notice is kept only while Lysbord runs. It can go on in the background; the icon in the tray, or starting Lysbord again, brings the window back.',
    closings: {
      ask: 'Ask',
      yes: 'Keep listening',
      no: 'Quit',
    } satisfies Record<Background['keep_listening'], string>,
    login: 'Start when you log in',
    loginHint: 'Hidden, so that nothing is missed while nobody looks.',
    notify: 'Tell me when something happens',
    notifyHint:
      'Notifications of your desktop, at most one in fifteen seconds: what comes close together is told in one. None comes while you work in this window.',
    notifyKinds: 'What happened',
    notifyKindsHint: 'None chosen means all of them.',
    notifyArchives: 'In which archives',
    notifyArchivesHint: 'None chosen means every archive.',
    noArchives: 'Archives are listed here once a notice has named them.',
    notifyQuery: 'Only what a search finds',
    notifyQueryHint: 'In the words of the search field, such as byline:solberg. Empty means everything.',
    notifyQueryExample: 'byline:solberg',
    quiet: 'Quiet hours',
    quietHint: 'What comes in them is told in one notification when they end.',
    quietFrom: 'From',
    quietUntil: 'Until',
    archiveOf: (name: string) => name || 'No archive named',
    fieldsHint:
      'What the fields of your site are called, in the window and in exports. An empty name is the default one again.',
    noFields: 'No metadata has come yet. Fields are listed here once an asset uses them.',
    fieldSearch: 'Find a field',
    noFieldFound: 'No field is called that.',
    fieldNumber: 'Number',
    fieldDefault: 'Default name',
    fieldGiven: 'What you call it',
    nameOf: (id: number, label: string) => `Your name for field ${id}, ${label}`,
    resetField: (label: string) => `Back to ${label}`,
    decisionsHint:
      'Where you knew better than the notices. Each is remembered through a rebuild, and can be taken back.',
    noDecisions: 'Nothing was joined or split by hand.',
    noDecisionsHint:
      'Select two assets to join them. To split one, choose a step under Versions in the inspector.',
    joined: 'Joined to one asset',
    split: 'Split in two',
    takeBack: 'Take back',
    takenBack: 'Taken back',
    imports: 'Imports',
    importsHint:
      'What was brought in on the command line. Taking an import back removes its deliveries and what is shown of them; what came by webhook as well stays.',
    imported: ({ events, duplicates, unreadable }: Import) =>
      [
        plural(events, 'event', 'events'),
        plural(duplicates, 'duplicate', 'duplicates'),
        `${count(unreadable)} unreadable`,
      ].join(', '),
    takeImportBack: (id: number) => `Take back import ${id}`,
    hooks: 'Webhook addresses',
    hooksHint: 'Whoever knows these can put notices on your table. Keep them to yourself.',
    renew: 'Renew the secret',
    renewTitle: 'Renew the secret?',
    renewHint:
      'The three addresses change at once, and notices to the old ones are refused. Fotoware must be given the new ones.',
    renewNow: 'Renew it',
    renewed: 'Renewed. Give Fotoware the new addresses.',
    tenants: 'Your tenants',
    tenantsHint:
      'Pictures are fetched only from hosts you vouch for. As long as none is listed, any public https address is allowed.',
    tenant: 'Address of a tenant',
    tenantExample: 'https://pictures.example.com',
    addTenant: 'Add',
    removeTenant: (url: string) => `Remove ${url}`,
    large: 'Large previews',
    largeHint: 'The longest side, in pixels, of a large picture kept beside the preview. 0 keeps none.',
    pixels: 'px',
    data: 'Data folder',
    showData: 'Show in folder',
    rebuild: 'Make the library anew',
    rebuildHint:
      'Reads all deliveries again and works out from them what is shown: assets, versions, search. Deliveries, pictures and your own decisions stay as they are. You can go on working; the new library takes the place of the old one when it is whole.',
    rebuildNow: 'Make it anew',
    rebuildBegun: 'It has begun. The status line tells how far it is.',
    version: (version: string) => `Lysbord ${version}`,
    save: 'Save',
    saved: 'Saved',
  },

  export: {
    title: 'Export',
    past: (when: string) => `Everything as it was on ${when}.`,
    scope: 'Which assets',
    selection: 'Selected',
    search: 'What the search shows',
    all: 'Everything',
    what: 'What to write',
    assets: 'Assets',
    assetsHint: 'One row per asset, one column per metadata field',
    events: 'Events',
    eventsHint: 'One row per event, in order of time',
    changes: 'Changes',
    changesHint: 'One row per changed field: old, new, added, removed',
    format: 'Format',
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
    downloaded: 'It is in the downloads of your browser.',
    longCells: ({ count: cells, row, column, filename }: LongCells) =>
      `${plural(cells, 'cell is', 'cells are')} longer than the ${count(32_767)} characters that Excel takes. ${
        cells === 1 ? 'It is' : 'The first is'
      } ${column} of ${filename}, in row ${count(row)}. In the file nothing is cut.`,
    show: 'Show in folder',
    cancelled: 'Cancelled. Nothing was left behind.',
    failed: 'The export failed',
    another: 'Export something else',
  },

  keys: {
    title: 'Keys',
    list: [
      [['←', '→', '↑', '↓'], 'Walk over the table'],
      [['Shift', '←→↑↓'], 'Select on the way'],
      [['Ctrl', 'A'], 'Select everything the search shows'],
      [['Ctrl', 'Click'], 'Add one to the selection, or take it away'],
      [['Home', 'End'], 'First, last'],
      [['PgUp', 'PgDn'], 'A screen up, a screen down'],
      [['Enter'], 'Open the inspector'],
      [['I'], 'Show or hide the inspector'],
      [['C'], 'Compare its versions in full size'],
      [['+', '-', '0'], 'There: nearer, further, the whole picture'],
      [['1', '2', '3'], 'There: side by side, slider, difference'],
      [['Space'], 'Look at it in full size; arrows go on, Esc closes'],
      [['/'], 'Search'],
      [['Esc'], 'Clear the selection, then come back to now'],
      [['N'], 'Come back to now, after looking back'],
      [['T'], 'To the handle of the strip of time; arrows look back'],
      [['?'], 'This list'],
    ] satisfies [string[], string][],
    termsTitle: 'Search terms',
    terms: [
      ['byline:solberg', 'Photographer'],
      ['caption:"fishing boats"', 'Words of the caption'],
      ['keywords:dawn', 'A keyword'],
      ['filename:DSC_', 'File name'],
      ['archive:press', 'Archive'],
      ['event:renamed', 'What happened last'],
      ['changed:today', 'Also yesterday, or 2026-03-04'],
      ['is:deleted', 'Also present, missing'],
      ['type:image', 'Document type'],
      ['-draft', 'Without this word'],
    ] satisfies [string, string][],
  },
};
