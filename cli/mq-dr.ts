#!/usr/bin/env node
import { hostSurroundings } from './host-surroundings.ts';
import { runCommand } from './run-command.ts';

process.exitCode = await runCommand(process.argv.slice(2), hostSurroundings());
