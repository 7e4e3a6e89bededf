// Rhai for highlight.js, which has colours for Rust's words but not for Rhai's; loaded after the book's own script.
(function () {
    if (typeof hljs === 'undefined') return;
    hljs.registerLanguage('rhai', function () {
        const interpolated = { className: 'subst', begin: /\$\{/, end: /\}/, contains: [] };
        const text = { className: 'string', begin: '"', end: '"', contains: [{ begin: /\\./ }] };
        const template = { className: 'string', begin: '`', end: '`', contains: [interpolated] };
        const number = { className: 'number', begin: /\b\d[\d_]*(\.\d+)?([eE][+-]?\d+)?\b/ };
        const comment = { className: 'comment', variants: [{ begin: /\/\//, end: /$/ }, { begin: /\/\*/, end: /\*\// }] };
        interpolated.contains = [text, number];
        return {
            keywords: {
                keyword: 'let const fn if else while loop do until for in return break continue throw try catch import export as switch private this pause',
                literal: 'true false',
                built_in: 'print debug options imdb train schedule penalty metrics plot assert',
            },
            contains: [comment, text, template, number, { className: 'title', begin: /\b[a-z_]\w*(?=\()/ }],
        };
    });
    document.querySelectorAll('code.language-rhai').forEach(function (block) {
        // The book's script has been here before, and knew no such language.
        block.classList.remove('hljs');
        block.innerHTML = hljs.highlight('rhai', block.textContent).value;
        block.classList.add('hljs');
    });
})();
