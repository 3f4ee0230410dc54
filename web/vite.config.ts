import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** Adds an `integrity` attribute to every script and style sheet of the built pages. */
function subresourceIntegrity(): Plugin {
  return {
    name: 'giaoban:subresource-integrity',
    apply: 'build',
    enforce: 'post',
    // After Vite has written into the chunks which others each of them loads.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const digest = (name: string): string | undefined => {
          const file = bundle[name];
          if (file === undefined) return undefined;
          const content = file.type === 'chunk' ? file.code : file.source;
          return `sha384-${createHash('sha384').update(content).digest('base64')}`;
        };
        for (const page of Object.values(bundle)) {
          if (page.type !== 'asset' || !page.fileName.endsWith('.html')) continue;
          page.source = String(page.source).replace(
            /<(script|link)([^>]*?)(src|href)="\/([^"]+)"/g,
            (whole, tag: string, rest: string, attribute: string, name: string) => {
              const integrity = digest(name);
              if (integrity === undefined) return whole;
              return `<${tag}${rest}integrity="${integrity}" ${attribute}="/${name}"`;
            },
          );
        }
      },
    },
  };
}

export default defineConfig({
  base: '/',
  appType: 'spa',
  plugins: [subresourceIntegrity()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome120', 'firefox128'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    sourcemap: false,
    // The room's page, and the pages of administration.
    rolldownOptions: { input: ['index.html', 'console.html'] },
  },
  worker: { format: 'es' },
  server: {
    // The development server stands in front of a gateway on this machine.
    proxy: { '/api': { target: 'https://localhost:8443', secure: false, ws: true } },
  },
});
