/** What a finished export does with its file, in the window and in a browser. */
import { saveExport, showInFolder } from './desktop';

export const shell = {
  saveExport,
  showInFolder,
  download(url: string, fileName: string): void {
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
  },
};
