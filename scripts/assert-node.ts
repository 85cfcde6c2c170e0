/** First step of every script: the project runs on the Node.js major that Lambda runs, which the `node` package brings. */
const major = Number(process.versions.node.split('.')[0]);
if (major !== 24) {
  console.error(
    `Node.js ${process.versions.node} found, 24 wanted. Run this through npm (\`npm start\`, \`npm test\`), which uses the project's own Node.js; ` +
      'if it was installed with --ignore-scripts, run `npm rebuild node` first.',
  );
  process.exit(1);
}
