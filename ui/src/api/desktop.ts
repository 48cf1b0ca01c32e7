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
