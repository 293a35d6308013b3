#!/usr/bin/env node
import { sep } from 'node:path';

// Node strips no types below node_modules: an installed package has the command compiled, a clone runs its source.
const isInstalled = import.meta.dirname.split(sep).includes('node_modules');
await import(isInstalled ? '../dist/cli/mq-dr.js' : './mq-dr.ts');
