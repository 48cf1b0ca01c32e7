import { svelte } from '@sveltejs/vite-plugin-svelte';
import { loadEnv, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** All comes from where the page does, and a window's own scheme knows no CORS: it would not run a script that asks for it. */
const sameOrigin: Plugin = {
  name: 'same-origin',
  enforce: 'post',
  transformIndexHtml: (html) => html.replaceAll(' crossorigin', ''),
};

export default defineConfig(({ mode }) => {
  // `npm run dev` beside a running `lysbord serve --json`, which prints both of these.
  const { LYSBORD_ORIGIN: origin = 'http://127.0.0.1:7475', LYSBORD_TOKEN: token = '' } = loadEnv(
    mode,
    '.',
    'LYSBORD_',
  );
  return {
    plugins: [svelte(), sameOrigin],
    build: {
      // The page's policy allows data: for pictures only, so every asset stays a file.
      assetsInlineLimit: 0,
      target: ['chrome120', 'safari18'],
      // The licences of the npm packages that are in the page. packaging/third-party takes them into the packages.
      license: { fileName: 'third-party.md' },
    },
    server: {
      proxy: {
        '/api': { target: origin, changeOrigin: true, headers: { origin, authorization: `Bearer ${token}` } },
      },
    },
    // The stores are tested as the browser runs them, not as a server would render them.
    resolve: mode === 'test' ? { conditions: ['browser'] } : {},
    // The test of the theme reads the colours out of app.css.
    test: { include: ['src/**/*.test.ts'], css: true },
  };
});
