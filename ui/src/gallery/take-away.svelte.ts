/** What a tile gives away: its picture, its caption, its link, its page in Fotoware. Says in a word how that went. */
import type { Api } from '../api/client';
import type { AssetDetail } from '../api/types';
import { largest } from '../shared/standing';
import { text } from '../text';

const SAID_MS = 4000;

export class TakeAway {
  readonly #api: Api;
  #said = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** How the last of it went; empty after a while. */
  get said(): string {
    return this.#said;
  }

  /** As a PNG, which is what every program takes from the clipboard. */
  async copyPicture(id: string, at: string | undefined): Promise<void> {
    await this.#try(text.menu.pictureCopied, async () => {
      // Named at once and filled later: a clipboard is open only while the hand is on the key.
      const png = this.#api.asset(id, at).then(pictureOf);
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    });
  }

  async copyCaption(id: string, at: string | undefined): Promise<void> {
    await this.#try(text.menu.captionCopied, async () => {
      const asset = await this.#api.asset(id, at);
      await navigator.clipboard.writeText(captionOf(asset));
    });
  }

  async copyLink(address: string): Promise<void> {
    await this.#try(text.menu.linkCopied, () => navigator.clipboard.writeText(address));
  }

  /** Opens the asset's page in the browser; a message says so where no notice named one. */
  async openInFotoware(id: string, at: string | undefined): Promise<void> {
    const asset = await this.#api.asset(id, at).catch(() => undefined);
    const address = asset && webAddress(asset);
    if (address) window.open(address, '_blank', 'noopener');
    else this.#say(text.menu.noAddress);
  }

  async #try(done: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#say(done);
    } catch {
      this.#say(text.menu.failed);
    }
  }

  #say(words: string): void {
    this.#said = words;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#said = ''), SAID_MS);
  }
}

/** What stands under a picture when it is printed: the caption, or else the title, and who made it. */
export function captionOf({ title, filename, description, byline }: AssetDetail): string {
  return [description || title || filename, byline && `(${byline})`].filter(Boolean).join(' ');
}

/** The page of an asset in Fotoware, where a notice named one that a browser opens. */
export function webAddress({ href }: AssetDetail): string | undefined {
  if (!href || !URL.canParse(href)) return undefined;
  const { protocol } = new URL(href);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

async function pictureOf(asset: AssetDetail): Promise<Blob> {
  const url = largest(asset)?.url;
  if (!url) throw new Error('no picture');
  const picture = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((png) => (png ? resolve(png) : reject(new Error('no picture'))), 'image/png'),
  );
}
