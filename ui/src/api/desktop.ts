/** What only the desktop window can do. The one place that knows Tauri; in a browser nothing here is called. */
import { invoke } from '@tauri-apps/api/core';
import type { ExportJob, ExportRequest } from './types';

/** Opens the native save dialog and starts writing there; null when the person closed the dialog. */
export function saveExport(request: ExportRequest): Promise<ExportJob | null> {
  return invoke<ExportJob | null>('save_export', { request });
}

export function showInFolder(path: string): Promise<void> {
  return invoke('open_path', { path });
}

/** The tray and notifications ask for an asset. Returns how to listen no more. */
export function onAssetWanted(open: (id: string) => void): () => void {
  const wanted = (event: Event) => {
    if (event instanceof CustomEvent && typeof event.detail === 'string') open(event.detail);
  };
  addEventListener('lysbord:asset', wanted);
  return () => removeEventListener('lysbord:asset', wanted);
}
