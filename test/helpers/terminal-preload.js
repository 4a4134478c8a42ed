// Makes a program take its standard input, a pipe, for a terminal.
Object.assign(process.stdin, { isTTY: true, setRawMode: () => process.stdin });
