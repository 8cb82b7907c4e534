"""The cluster recipes: valid, as closed as they say, agreeing with each other and with what they start."""

import re
import subprocess
import sys
from importlib import util
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml

from coursepkg import cli

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
VERSIONS = ("1.30.0", "1.37.0")


def documents():
    """Every document of the manifests, with the file that it stands in."""
    return [
        (path.name, document)
        for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
    ]


def named(kind, name=None):
    found = [one for _, one in documents() if one["kind"] == kind]
    (one,) = [one for one in found if name is None or one["metadata"]["name"] == name]
    return one


def pods():
    """The specification of every pod that the manifests lead to, by what it does."""
    cluster = named("DaskCluster")["spec"]
    return {
        "scheduler": cluster["scheduler"]["spec"],
        "worker": cluster["worker"]["spec"],
        "grader": named("Job")["spec"]["template"]["spec"],
    }


def core(kind, spec):
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "inside"}, "spec": spec}


def as_kubernetes_knows_them():
    """The documents; of the operator's own kind, the pods and the service inside."""
    for name, document in documents():
        if document["kind"] == "DaskCluster":
            for part in ("scheduler", "worker"):
                yield f"{name}, {part}", core("Pod", document["spec"][part]["spec"])
            yield f"{name}, service", core("Service", document["spec"]["scheduler"]["service"])
        elif document["kind"] != "Kustomization":
            yield name, document


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "document", [pytest.param(one, id=f"{name}, {one['kind']}") for name, one in as_kubernetes_knows_them()]
)
def test_kubernetes_takes_it(document, version):
    kubernetes_validate.validate(document, version, strict=True)


@pytest.fixture(scope="module")
def operators_schema():
    """What the Dask operator for Kubernetes says of its own kind: its version and its schema."""
    (package,) = util.find_spec("dask_kubernetes").submodule_search_locations
    folder = Path(package) / "operator" / "customresources"
    templates = yaml.safe_load((folder / "templates.yaml").read_text())["definitions"]
    definition = yaml.safe_load((folder / "daskcluster.yaml").read_text())["spec"]
    assert definition["names"]["kind"] == "DaskCluster"
    (version,) = [one for one in definition["versions"] if one["storage"]]

    def resolved(schema):
        if isinstance(schema, list):
            return [resolved(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        if isinstance(reference := schema.get("$ref"), str):
            inside = "templates.yaml#" in reference
            # Pods and services are Kubernetes' own, and its validator has seen them.
            return resolved(templates[reference.rpartition("/")[2]]) if inside else {"type": "object"}
        return {name: resolved(one) for name, one in schema.items()}

    return f"{definition['group']}/{version['name']}", resolved(version["schema"]["openAPIV3Schema"])


def test_the_dask_operator_takes_its_cluster(operators_schema):
    version, schema = operators_schema
    cluster = named("DaskCluster")
    assert cluster["apiVersion"] == version
    jsonschema.validate(cluster, schema)
    unknown = list(unknown_fields(cluster["spec"], schema["properties"]["spec"]))
    assert unknown == []  # which Kubernetes would drop in silence

    cluster["spec"]["worker"]["replica"] = 3
    assert list(unknown_fields(cluster["spec"], schema["properties"]["spec"])) == ["worker.replica"]
    cluster["spec"]["worker"]["replicas"] = "three"
    with pytest.raises(jsonschema.ValidationError, match="three"):
        jsonschema.validate(cluster, schema)


def unknown_fields(value, schema, above=""):
    """Fields that a schema does not know, as paths."""
    if isinstance(value, dict) and "properties" in schema:
        for name, inner in value.items():
            if name in schema["properties"]:
                yield from unknown_fields(inner, schema["properties"][name], f"{above}{name}.")
            else:
                yield f"{above}{name}"
    elif isinstance(value, list) and "items" in schema:
        for inner in value:
            yield from unknown_fields(inner, schema["items"], above)


def test_the_validator_finds_what_is_wrong():
    document = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": [{"nam": 1}]},
    }
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, VERSIONS[-1], strict=True)


@pytest.mark.parametrize("part", ["scheduler", "worker", "grader"])
def test_every_pod_is_closed(part):
    pod = pods()[part]
    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] == named("ServiceAccount")["metadata"]["name"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    (container,) = pod["containers"]
    security = container["securityContext"]
    assert security["allowPrivilegeEscalation"] is False
    assert security["readOnlyRootFilesystem"] is True
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert set(container["resources"]["limits"]) >= {"cpu", "memory"}
    assert not any("hostPath" in volume for volume in pod["volumes"])
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_students_code_runs_under_gvisor():
    assert pods()["worker"]["runtimeClassName"] == named("RuntimeClass")["metadata"]["name"]
    assert named("RuntimeClass")["handler"] == "runsc"
    assert named("ServiceAccount")["automountServiceAccountToken"] is False


def test_what_no_policy_names_is_denied():
    policies = [one for _, one in documents() if one["kind"] == "NetworkPolicy"]
    everything = named("NetworkPolicy", "deny-all")["spec"]
    assert everything == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies:
        for rule in [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]:
            assert rule.get("from") or rule.get("to"), "a rule without peers lets everybody through"
            assert rule["ports"]
            assert {port["port"] for port in rule["ports"]} <= {8786, 8788, 5432, 53}
            for peer in [*rule.get("from", []), *rule.get("to", [])]:
                assert peer.get("podSelector") or peer.get("namespaceSelector")


def test_the_parts_find_each_other():
    cluster = named("DaskCluster")
    address = f"tcp://{cluster['metadata']['name']}-scheduler:8786"  # as the operator names the service
    worker, grader = pods()["worker"]["containers"][0], pods()["grader"]["containers"][0]
    assert address in worker["command"]
    assert grader["command"][-1] == address
    assert named("Job")["spec"]["template"]["metadata"]["labels"] == {"dask.org/component": "grader"}
    for container in (worker, grader):
        assert container["volumeMounts"][0] == {"name": "course", "mountPath": "/course"}
        assert container["env"][0]["name"] == "NBGRADER_DB_URL"
    ports = {port["name"]: port["containerPort"] for port in worker["ports"]}
    assert f"--worker-port={ports['worker']}" in worker["command"]
    assert named("PersistentVolumeClaim")["spec"]["accessModes"] == ["ReadWriteMany"]
    listed = set(yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"])
    here = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert listed == here - {"kustomization.yaml", "grade.yaml"}


def check_dask_options(command):
    """Reads a command line as `dask scheduler` and `dask worker` would."""
    from distributed.cli.dask_scheduler import main as scheduler
    from distributed.cli.dask_worker import main as worker

    program, part, *arguments = command
    assert program == "dask"
    {"scheduler": scheduler, "worker": worker}[part].make_context(part, list(map(str, arguments)))


def test_the_programs_know_the_options():
    for part in ("scheduler", "worker"):
        check_dask_options(pods()[part]["containers"][0]["command"])
    program, *arguments = pods()["grader"]["containers"][0]["command"]
    assert program == "coursepkg"
    options = cli._parser().parse_args(arguments)
    assert (ROOT / "assignments" / "source" / options.assignment).is_dir()
    assert options.scheduler.startswith("tcp://")


def test_the_image_holds_what_it_copies_and_is_not_root():
    text = (DEPLOY / "Containerfile").read_text()
    for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split())
    assert "bubblewrap" in text
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["1000:1000"]
    assert not re.search(r"^(COPY|ADD) \. ", text, re.MULTILINE), "solutions would be in the image"


@pytest.fixture(scope="module")
def recipe():
    spec = util.spec_from_file_location("slurm_recipe", DEPLOY / "slurm" / "cluster.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_slurm_job_is_a_script_that_bash_and_dask_understand(recipe):
    with recipe.make_cluster(memory="6GiB", queue="cpu", account="teaching") as cluster:
        script = cluster.job_script()
        address = cluster.scheduler_address
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in ("#SBATCH -p cpu", "#SBATCH -A teaching", "#SBATCH --mem=6G", "#SBATCH --signal=TERM@60"):
        assert line in script
    started = script.splitlines()[-1].split()
    assert started[:3] == [sys.executable, "-m", "distributed.cli.dask_worker"]
    assert started[3] == address
    check_dask_options(["dask", "worker", *started[3:]])
    assert "--no-nanny" in started


def test_the_slurm_script_for_the_grader(tmp_path):
    script = DEPLOY / "slurm" / "grade.sh"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    done = subprocess.run(["bash", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert "usage: sbatch grade.sh ASSIGNMENT" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_slurm_script_runs_from_start_to_end(tmp_path):
    """With stand-ins for the cluster and the grader: the address is passed on, the exit code passed back."""
    (tmp_path / "cluster.py").write_text(
        "import sys, time\nopen(sys.argv[4], 'w').write('tcp://here:1')\ntime.sleep(60)\n"
    )
    command = tmp_path / "bin" / "coursepkg"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\necho "$@" > seen\nexit 1\n')
    command.chmod(0o755)
    (command.parent / "python").symlink_to(sys.executable)
    done = subprocess.run(
        ["bash", DEPLOY / "slurm" / "grade.sh", "ps1", "--force"],
        env={"PATH": f"{command.parent}:/usr/bin:/bin", "COURSEPKG_SLURM": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "seen").read_text() == "grade ps1 --scheduler tcp://here:1 --force\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "cluster.py", "seen"]
