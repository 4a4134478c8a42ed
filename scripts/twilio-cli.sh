#!/usr/bin/env bash
# Installs the twilio CLI with its serverless plugin for `npm run test:twilio-cli`: as most users
# deploy. Needs npm and its registry; some 600 packages, which is why they are no dependencies.
#
#   scripts/twilio-cli.sh
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.sandbox/twilio-cli
mkdir -p "$folder"
npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error \
  twilio-cli@6.2.4 @twilio-labs/plugin-serverless@3.1.3

# `twilio plugins:install` wants another package manager; this is what it would write.
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const file = process.argv[1];
  const pkg = JSON.parse(readFileSync(file, "utf8"));
  pkg.oclif.plugins = [...new Set([...pkg.oclif.plugins, "@twilio-labs/plugin-serverless"])];
  writeFileSync(file, JSON.stringify(pkg, undefined, 2));
' "$folder/node_modules/twilio-cli/package.json"
