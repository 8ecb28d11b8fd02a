# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of real git repositories."""

from __future__ import annotations

import base64
import os
import pathlib
import subprocess
import sys

import pytest
from git_repository import ENVIRONMENT, Repository

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit import repository
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.finding import Finding

VALUE = "Wq7fH2mZx9LpK4vTn8Rb"  # pragma: allowlist secret
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----"
SECRETS = {"POSTGRES_PASSWORD": VALUE}


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, ENVIRONMENT[name])


@pytest.fixture
def repo(tmp_path: pathlib.Path) -> Repository:
    made = Repository(tmp_path / "checkout")
    made.commit("README.md", "Nothing here\n")
    return made


def audit(repo: Repository, *files: str, allow_list: str | None = None) -> list[Finding]:
    paths = [str(repo.path / file) for file in files]
    return repository.findings(str(repo.path), paths, SECRETS, allow_list)[0]


def only(found: list[Finding]) -> Finding:
    (finding,) = found
    assert VALUE not in str(finding)
    return finding


def test_nothing(repo: Repository) -> None:
    found, numbers = repository.findings(str(repo.path), [], SECRETS, None)
    assert found == []
    assert numbers == {"tracked_files": 1, "commits": 1, "lines": 2, "values_searched": 1}


def test_an_empty_repository(tmp_path: pathlib.Path) -> None:
    assert audit(Repository(tmp_path / "x")) == []


def test_a_value_in_the_work_tree(repo: Repository) -> None:
    repo.commit("a.txt", "one\n")
    repo.write("a.txt", f"one\ntwo {VALUE}\n")
    finding = only(audit(repo))
    assert (finding.severity, finding.check, finding.name) == ("high", "tree", "POSTGRES_PASSWORD")
    assert finding.found == "its value as it is in a.txt, line 2 of the work tree"


def test_a_value_that_was_committed_and_is_still_there(repo: Repository) -> None:
    first = repo.commit("a.txt", f"one\n{VALUE}\n")
    repo.commit("a.txt", f"zero\none\n{VALUE}\n")
    finding = only(audit(repo))
    assert finding.check == "tree"
    assert finding.found == f"its value as it is in a.txt, line 3 of the work tree and line 2 of commit {first}"


@pytest.mark.parametrize("where", ["branch", "tag", "stash", "remote"])
def test_a_value_in_the_history_of_any_ref(repo: Repository, where: str) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    text = base64.b64encode(f"user:{VALUE}".encode())
    commit = repo.commit("dir/b.yml", b"\n\nauth: " + text + b"\n")
    if where == "tag":
        repo.git("tag", "v1")
    if where == "remote":
        repo.git("update-ref", "refs/remotes/origin/side", "HEAD")
    if where == "stash":
        repo.git("update-ref", "refs/stash", "HEAD")
    repo.git("checkout", "--quiet", "main")
    if where != "branch":
        repo.git("branch", "--quiet", "-D", "side")
    finding = only(audit(repo))
    assert (finding.severity, finding.check) == ("high", "history")
    assert finding.found == f"its value in base64 in dir/b.yml, line 3 of commit {commit}"


def test_a_removed_file(repo: Repository) -> None:
    commit = repo.commit("a.txt", VALUE)
    (repo.path / "a.txt").unlink()
    repo.commit_all()
    assert only(audit(repo)).found == f"its value as it is in a.txt, line 1 of commit {commit}"


def test_a_message_and_the_name_of_a_file(repo: Repository) -> None:
    commit = repo.commit_all(f"Set it\n\ndiff --git a/x b/x\n+++ b/x\n@@ -0,0 +1 @@\n+{VALUE}")
    finding = only(audit(repo))
    assert finding.found == f"its value as it is in a message or the name of a file of commit {commit}"
    repo.commit(f"{VALUE}.txt", f"x {VALUE}\n")
    found = audit(repo)
    assert VALUE not in str(found)
    assert any("***.txt, line 1 of the work tree" in finding.found for finding in found)


def test_what_only_a_merge_added(repo: Repository) -> None:
    repo.commit("a.txt", "base\n")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit("a.txt", "side\n")
    repo.git("checkout", "--quiet", "main")
    repo.commit("a.txt", "main\n")
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "--quiet", "side")
    commit = repo.commit("a.txt", f"main\nside\n{VALUE}\nmore\n")
    repo.commit("a.txt", "clean\n")
    repo.commit("z.txt", "- minus\n+++ b/fake\n@@ -1 +1 @@\ncommit abc\n")
    assert only(audit(repo)).found == f"its value as it is in a.txt, line 3 of commit {commit}"


def test_a_file_that_only_a_merge_added(repo: Repository) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit("b.txt", "b\n")
    repo.git("checkout", "--quiet", "main")
    repo.commit("c.txt", "c\n")
    repo.git("merge", "--quiet", "--no-commit", "side")
    commit = repo.commit("evil.txt", f"x\n{VALUE}\n")
    (repo.path / "evil.txt").unlink()
    repo.commit_all()
    assert only(audit(repo)).found == f"its value as it is in evil.txt, line 2 of commit {commit}"


@pytest.mark.parametrize(
    "name",
    [
        b"plain",
        b"two words",
        b'quo"te',
        b"new\nline",
        b"tab\there",
        b"\xff\xfe",
        "é".encode(),
        b"b/b",
        b"-dash",
        b"a\\b",
    ],
)
def test_odd_names(repo: Repository, name: bytes) -> None:
    repo.commit(name, f"x\n{VALUE}\n")
    finding = only(audit(repo))  # one: tree and history agree about the name
    assert "line 2 of the work tree and line 2 of commit" in finding.found
    assert finding.line().isprintable()


@pytest.mark.parametrize("attributes", ["", "*.bin -diff\n", "*.bin binary\n", "*.bin diff=secret\n"])
def test_binary_files_are_searched(repo: Repository, attributes: str) -> None:
    repo.git("config", "diff.secret.textconv", "echo")
    repo.commit(".gitattributes", attributes)
    commit = repo.commit("a.bin", b"\0\1\xff" + VALUE.encode() + b"\0")
    (repo.path / "a.bin").unlink()
    repo.commit_all()
    assert commit in only(audit(repo)).found


def test_the_users_configuration_does_not_hide_anything(repo: Repository) -> None:
    for name, value in (
        ("log.showRoot", "false"),
        ("diff.noprefix", "true"),
        ("diff.external", "true"),
        ("diff.context", "9"),
        ("diff.interHunkContext", "9"),
        ("color.ui", "always"),
        ("log.decorate", "full"),
        ("log.showSignature", "true"),
        ("log.abbrevCommit", "true"),
        ("format.pretty", "oneline"),
        ("diff.renames", "copies"),
        ("log.diffMerges", "off"),
    ):
        repo.git("config", name, value)
    repo.write("b/x", f"{VALUE}\n")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--amend", "--message", "Root")
    root = repo.git("rev-parse", "HEAD")
    repo.commit("b/x", "clean\n")
    assert only(audit(repo)).found == f"its value as it is in b/x, line 1 of commit {root}"


def test_git_variables_of_the_caller_do_not_lead_astray(
    repo: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("a.txt", VALUE)
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "true")
    assert "a.txt" in only(repository.findings(str(repo.path), [], SECRETS, None)[0]).found


def test_detectors(repo: Repository) -> None:
    commit = repo.commit("deploy/key", f"x\n{KEY}\n")
    finding = only(audit(repo))
    assert (finding.severity, finding.check, finding.name) == ("high", "tree", "deploy/key")
    assert finding.found == f"Private Key in line 2 of the work tree and line 2 of commit {commit}"
    (repo.path / "deploy/key").unlink()
    repo.commit_all()
    finding = only(audit(repo))
    assert (finding.check, finding.found) == ("history", f"Private Key in line 2 of commit {commit}")


def test_a_guess_is_less_than_a_given_value(repo: Repository) -> None:
    repo.commit("a.yml", "pass" + "word: Xq7fH2mZx9LpK4vT\n")
    assert (only(audit(repo)).severity, only(audit(repo)).name) == ("medium", "a.yml")


def test_a_pragma_allows_a_guess_but_no_given_value(repo: Repository) -> None:
    repo.commit("a.yml", "# pragma: allowlist nextline secret\npass" + f"word: {VALUE}\n")
    assert only(audit(repo)).name == "POSTGRES_PASSWORD"


def test_an_allow_list_made_by_the_library_itself(repo: Repository, tmp_path: pathlib.Path) -> None:
    repo.commit("a.yml", "pass" + "word: Xq7fH2mZx9LpK4vT\n")
    repo.commit("key", KEY)
    program = [sys.executable, "-m", "detect_secrets", "scan"]
    text = subprocess.run(program, cwd=repo.path, capture_output=True, check=True).stdout
    (tmp_path / "allowed.json").write_bytes(text)
    assert len(audit(repo)) == 2
    assert audit(repo, allow_list=str(tmp_path / "allowed.json")) == []


def test_an_unfit_allow_list_allows_nothing(repo: Repository, tmp_path: pathlib.Path) -> None:
    repo.commit("key", KEY)
    found = audit(repo, allow_list=str(tmp_path / "none"))
    assert [(finding.severity, finding.check) for finding in found] == [("unknown", "allow_list"), ("high", "tree")]


def test_a_tracked_file_of_secrets(repo: Repository) -> None:
    finding = only(audit(repo, "README.md"))
    assert (finding.severity, finding.check, finding.found) == ("high", "tracked", "a file that git tracks")


def test_a_file_of_secrets_that_was_tracked_once(repo: Repository) -> None:
    repo.commit(".gitignore", ".env\n")
    repo.commit(".env", "x")
    repo.git("rm", "--quiet", "--cached", ".env")
    repo.git("commit", "--quiet", "--message", "Out with it")
    commit = repo.git("rev-parse", "HEAD")
    finding = only(audit(repo, ".env"))
    assert (finding.severity, finding.check) == ("high", "tracked")
    assert finding.found == f"a file that git once tracked (last in commit {commit})"


def test_a_file_of_secrets_must_be_ignored(repo: Repository) -> None:
    repo.write(".gitignore", ".env\n")
    repo.write("loose.env", "x")
    assert audit(repo, ".env", "../outside") == []
    finding = only(audit(repo, "loose.env"))
    assert (finding.severity, finding.found) == ("medium", "a file that git does not ignore")


def test_a_file_below_a_symbolic_link_into_the_repository(repo: Repository, tmp_path: pathlib.Path) -> None:
    (tmp_path / "way").symlink_to(repo.path)
    found, _numbers = repository.findings(str(repo.path), [str(tmp_path / "way" / "README.md")], {}, None)
    assert only(found).check == "tracked"


def test_a_folder_within_the_repository_stands_for_all_of_it(repo: Repository) -> None:
    repo.commit("sub/x", "x")
    repo.commit("a.txt", VALUE)
    found, _numbers = repository.findings(str(repo.path / "sub"), [], SECRETS, None)
    assert "a.txt" in only(found).found


def test_a_symbolic_link_is_not_followed(repo: Repository, tmp_path: pathlib.Path) -> None:
    (tmp_path / "outside").write_text(VALUE)
    (repo.path / "link").symlink_to(tmp_path / "outside")
    (repo.path / "folder").symlink_to(tmp_path)
    repo.commit_all()
    assert audit(repo) == []


def test_a_shallow_clone(repo: Repository, tmp_path: pathlib.Path) -> None:
    repo.commit("a.txt", "x")
    repo.git("clone", "--quiet", "--depth", "1", f"file://{repo.path}", str(tmp_path / "shallow"))
    finding = only(audit(Repository(tmp_path / "shallow")))
    assert (finding.severity, finding.check) == ("unknown", "history")
    assert "--unshallow" in finding.fix


def test_submodules(repo: Repository, tmp_path: pathlib.Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit("x", VALUE)
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "vendor/inner")
    repo.commit_all()
    finding = only(audit(repo))
    assert (finding.severity, finding.check) == ("unknown", "tree")
    assert "vendor/inner" in finding.found
    found = audit(repo, "vendor/inner/.env")
    assert [finding.severity for finding in found] == ["unknown", "unknown"]


def test_what_is_no_repository(tmp_path: pathlib.Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
    (tmp_path / "file").write_text("x")
    for path, found in (
        (tmp_path, "no git repository"),
        (tmp_path / "none", "no directory"),
        (tmp_path / "file", "no directory"),
        (bare, "a repository without a work tree"),
    ):
        finding = only(repository.findings(str(path), [], SECRETS, None)[0])
        assert (finding.severity, finding.check, finding.found) == ("unknown", "repository", found)


def test_a_repository_of_somebody_else(repo: Repository) -> None:
    os.chown(repo.path, 12345, 12345)
    os.chown(repo.path / ".git", 12345, 12345)
    finding = only(audit(repo))
    assert (finding.severity, finding.check) == ("unknown", "repository")
    assert "--add safe.directory" in finding.fix


def test_no_git(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    finding = only(audit(repo))
    assert finding.severity == "unknown"
    assert "install git" in finding.fix


def test_a_broken_history_is_not_green(repo: Repository) -> None:
    commit = repo.commit("a.txt", "x")
    blob = repo.git("rev-parse", f"{commit}:a.txt")
    repo.commit("a.txt", "y")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    finding = only(audit(repo))
    assert (finding.severity, finding.check) == ("unknown", "history")


def test_long_lines_are_searched_but_not_guessed_at(repo: Repository) -> None:
    repo.commit("a.min.js", "x" * 3_000_000 + VALUE + "x" * 5000)
    found = audit(repo)
    assert {(finding.severity, finding.check) for finding in found} == {("unknown", "history"), ("high", "tree")}


def test_without_the_library_that_is_a_finding(repo: Repository) -> None:
    repo.commit("a.txt", VALUE)
    repo.commit("key", KEY)
    program = (
        "import sys; sys.modules['detect_secrets'] = None\n"
        f"from {repository.__name__} import findings\n"
        f"for finding in findings({str(repo.path)!r}, [], {SECRETS!r}, None)[0]: print(finding.line())\n"
    )
    text = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split(":")[0] for line in text.splitlines()] == ["unknown", "high"]
    assert "pip install detect-secrets" in text
