// Loaded ahead of a program (`--require`, which loads nothing else): tells at its end what it has loaded.
const { writeFileSync } = require('node:fs');
const { registerHooks } = require('node:module');

const files = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.add(url);
    return next(url, context);
  },
});

/** Makers of words by language: the first one reads megabytes of them. */
const words = [];
for (const name of ['Collator', 'DateTimeFormat', 'NumberFormat', 'PluralRules', 'RelativeTimeFormat', 'Segmenter']) {
  Intl[name] = new Proxy(Intl[name], {
    construct(real, given, target) {
      words.push(name);
      return Reflect.construct(real, given, target);
    },
    apply(real, self, given) {
      words.push(name);
      return Reflect.apply(real, self, given);
    },
  });
}

process.on('exit', () => {
  const node = process.moduleLoadList.flatMap((name) => /^NativeModule (.*)/.exec(name)?.[1] ?? []);
  writeFileSync(process.env.JTP_TELL_LOADED, JSON.stringify({ node, files: [...files], words }));
});
