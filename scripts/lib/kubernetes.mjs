// SPDX-License-Identifier: GPL-3.0-or-later
// Validates the manifests of a folder, for scripts/kubernetestest: schemas, and that names fit each other.
import {readFileSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('js-yaml');
const folder = process.argv[2];
const problems = [];
const objects = [];

const kustomization = yaml.load(readFileSync(`${folder}/kustomization.yaml`, 'utf8'));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
for (const name of files)
    if (!kustomization.resources.includes(name))
        problems.push(`${name} is not in kustomization.yaml`);

for (const name of kustomization.resources) {
    for (const object of yaml.loadAll(readFileSync(`${folder}/${name}`, 'utf8'))) {
        const where = `${name}: ${object.kind}/${object.metadata?.name}`;
        objects.push(object);
        try {
            const Model = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind];
            new Model(object).validate();
            console.log(`${where}: valid`);
        } catch (error) {
            problems.push(`${where}: ${error.message}`);
        }
    }
}

const named = (kind) => new Set(objects.filter((object) => object.kind === kind).map((object) => object.metadata.name));
for (const object of objects.filter(({kind}) => kind === 'StatefulSet')) {
    const {name} = object.metadata;
    const pod = object.spec.template;
    if (!named('Service').has(object.spec.serviceName))
        problems.push(`${name}: no Service ${object.spec.serviceName}`);
    for (const [key, value] of Object.entries(object.spec.selector.matchLabels))
        if (pod.metadata.labels[key] !== value)
            problems.push(`${name}: its pods do not match its selector`);
    const volumes = new Set([...pod.spec.volumes, ...object.spec.volumeClaimTemplates.map(({metadata}) => metadata)]
        .map((volume) => volume.name));
    for (const container of pod.spec.containers) {
        for (const {name: volume} of container.volumeMounts)
            if (!volumes.has(volume))
                problems.push(`${name}: no volume ${volume}`);
        for (const {configMapRef} of container.envFrom)
            if (!named('ConfigMap').has(configMapRef.name))
                problems.push(`${name}: no ConfigMap ${configMapRef.name}`);
        const port = container.ports[0].containerPort;
        if (!container.args.includes(`--port=${port}`))
            problems.push(`${name}: its port is not ${port}`);
    }
}
for (const problem of problems)
    console.error(problem);
console.log(`${objects.length} objects, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
