import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ out: 'build' }),
      csp: {
        mode: 'nonce',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          'style-src': ['self'],
          // The one inline style of the page is SvelteKit's own, of the text that announces a navigation.
          'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
          'img-src': ['self', 'data:'],
          'connect-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
          'frame-ancestors': ['self'],
        },
      },
    }),
  ],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // Few files compress better and arrive sooner than many small ones. What no reader needs at first stays out of them: whatever
            // lies in a folder named `later`, and the packages that only it uses.
            codeSplitting: {
              groups: [
                // The first script tells the others what the page says of itself (its version, its base) and only then loads them, as some
                // read it while they load. So nothing else may lie in a file with what the first script needs.
                { name: 'payload', test: /vite\/preload-helper|runtime\/client\/payload\.js$/, priority: 1 },
                { name: 'packages', test: /node_modules\/(?!.*(@sveltejs\/kit\/src\/runtime\/client|graphql-ws|urql|wonka|graphql\.web))/ },
                { name: 'shared', test: /src\/(?!.*\/later\/)(lib|routes\/bot-performance\/_parts)\// },
              ],
            },
          },
        },
      },
    },
  },
  // Tests run the browser's build of Svelte, so that runes react as they do on the page.
  ...(process.env.VITEST ? { resolve: { conditions: ['browser'] } } : {}),
  // To load the page anew for each file would take as long as the tests.
  test: { include: ['src/**/*.test.ts'], isolate: false },
});
