import '../bearer/bearer.options.js';
