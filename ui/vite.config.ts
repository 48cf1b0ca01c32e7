import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // The page's policy allows data: for pictures only, so every asset stays a file.
  build: { assetsInlineLimit: 0, target: ['chrome120', 'safari18'] },
  server: {
    // `npm run dev` beside a running `lysbord serve`; LYSBORD_API says where that is.
    proxy: { '/api': process.env.LYSBORD_API ?? 'http://127.0.0.1:7475' },
  },
  // The stores are tested as the browser runs them, not as a server would render them.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  test: { include: ['src/**/*.test.ts'] },
}));
