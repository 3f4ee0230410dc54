import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** Adds an `integrity` attribute to every script and style sheet of the built page. */
function subresourceIntegrity(): Plugin {
  return {
    name: 'giaoban:subresource-integrity',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const digest = (name: string): string | undefined => {
        const file = bundle[name];
        if (file === undefined) return undefined;
        const content = file.type === 'chunk' ? file.code : file.source;
        return `sha384-${createHash('sha384').update(content).digest('base64')}`;
      };
      const page = bundle['index.html'];
      if (page?.type !== 'asset') return;
      page.source = String(page.source).replace(
        /<(script|link)([^>]*?)(src|href)="\/([^"]+)"/g,
        (whole, tag: string, rest: string, attribute: string, name: string) => {
          const integrity = digest(name);
          if (integrity === undefined) return whole;
          return `<${tag}${rest}integrity="${integrity}" ${attribute}="/${name}"`;
        },
      );
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
  },
  worker: { format: 'es' },
  server: {
    // The development server stands in front of a gateway on this machine.
    proxy: { '/api': { target: 'https://localhost:8443', secure: false, ws: true } },
  },
});
