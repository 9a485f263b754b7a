"""Which mounts are network file systems, by lines as Linux writes them."""

from pathlib import Path

import pytest

import fingerpost
from fingerpost.bootstrap import network_mounts
from fingerpost.bootstrap.network_mounts import kind_in, network_kind
from fingerpost.errors import InvalidValueError, StoreUnavailableError

# The form of proc(5): "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=…"
ROOT = "26 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard"
LINES = {
    "nfs4": "95 26 0:51 / /mnt/nfs rw,relatime shared:52 - nfs4 filer:/export rw,vers=4.2,hard",
    "nfs": "96 26 0:52 / /mnt/nfs3 rw,relatime shared:53 - nfs filer:/old rw,vers=3,nolock",
    "cifs": "97 26 0:53 / /mnt/smb rw,relatime shared:54 - cifs //nas/data rw,vers=3.1.1,uid=0",
    "smb3": "98 26 0:54 / /mnt/smb3 rw,relatime shared:55 - smb3 //nas/data rw",
    "fuse.sshfs": "99 26 0:55 / /mnt/ssh rw,nosuid,nodev - fuse.sshfs me@host:/data rw,user_id=0",
    "fuse.rclone": "100 26 0:56 / /mnt/drive rw,nosuid - fuse.rclone remote: rw,user_id=0",
    "9p": "101 26 0:57 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:",
    "ceph": "102 26 0:58 / /mnt/ceph rw - ceph 10.0.0.1:6789:/ rw,name=admin",
    "glusterfs": "103 26 0:59 / /mnt/gl rw - fuse.glusterfs host:vol rw",
    "lustre": "104 26 0:60 / /mnt/lustre rw - lustre 10.0.0.2@tcp:/fs rw,flock",
    "with spaces": r"105 26 0:61 / /mnt/two\040words rw - nfs4 filer:/x rw",
}
LOCAL = {
    "/": ROOT,
    "/home": "40 26 254:1 / /home rw,relatime shared:3 - xfs /dev/vdb1 rw,attr2",
    "/tmp": "41 26 0:35 / /tmp rw,nosuid - tmpfs tmpfs rw,size=8192k",
    "/data": "42 26 0:36 /sub /data rw - btrfs /dev/sdc rw,subvol=/sub",
    "/overlay": "43 26 0:37 / /overlay rw - overlay overlay rw,lowerdir=/a",
    "/usb": "44 26 8:17 / /usb rw,nosuid - fuseblk /dev/sdb1 rw,user_id=0",
    "/pool": "45 26 0:38 / /pool rw - fuse.mergerfs a:b rw",
    "/pools": "46 26 0:39 / /pools rw - zfs tank/data rw",
}
TABLE = "\n".join([*LOCAL.values(), *LINES.values()]) + "\n"


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_folder_on_a_network_mount_is_told(line):
    point = line.split(" ")[4].replace("\\040", " ")
    kind = line.partition(" - ")[2].split(" ")[0]
    assert kind_in(TABLE, point) == kind
    assert kind_in(TABLE, f"{point}/team/.fingerpost") == kind


@pytest.mark.parametrize("point", LOCAL)
def test_a_folder_on_a_local_mount_is_fine(point):
    assert kind_in(TABLE, point.rstrip("/") + "/store") is None


def test_a_name_that_merely_begins_like_a_mount_is_not_on_it():
    assert kind_in(TABLE, "/mnt/nfs-but-local/store") is None


def test_the_deepest_mount_counts_and_of_two_on_one_point_the_last():
    inside = "110 95 254:9 / /mnt/nfs/local rw - ext4 /dev/vdz rw"
    over = "111 26 254:8 / /mnt/nfs rw - ext4 /dev/vdy rw"
    assert kind_in(f"{TABLE}{inside}\n", "/mnt/nfs/local/store") is None
    assert kind_in(f"{inside}\n{TABLE}", "/mnt/nfs/local/store") is None
    assert kind_in(f"{TABLE}{over}\n", "/mnt/nfs/store") is None


@pytest.mark.parametrize("mounts", ["", "\n\n", "garbage", "1 2 3:4 / - nfs", "a - b - c"])
def test_a_table_that_cannot_be_read_tells_nothing(mounts):
    assert kind_in(mounts, "/mnt/nfs/store") is None


@pytest.fixture
def on_nfs(tmp_path, monkeypatch):
    """A recorded table, in which this test's folder is on NFS."""
    mounts = tmp_path / "mountinfo"
    share = tmp_path / "share"
    share.mkdir()
    mounts.write_text(f"{ROOT}\n95 26 0:51 / {share} rw - nfs4 filer:/export rw\n")
    monkeypatch.setattr(network_mounts, "_MOUNTS", mounts)
    return share


def test_a_ledger_on_a_network_mount_is_refused_with_what_to_do(on_nfs, tmp_path):
    with pytest.raises(StoreUnavailableError) as caught:
        fingerpost.open_store(on_nfs / "store")
    assert "network file system (nfs4)" in str(caught.value)
    assert "FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS=yes" in str(caught.value)
    assert not (on_nfs / "store").exists()


def test_a_link_that_leads_there_is_followed(on_nfs, tmp_path):
    (tmp_path / "link").symlink_to(on_nfs)
    with pytest.raises(StoreUnavailableError, match="nfs4"):
        fingerpost.open_store(tmp_path / "link" / "store")


def test_a_store_that_was_moved_there_is_refused_too(on_nfs, tmp_path):
    fingerpost.open_store(tmp_path / "store").close()
    (tmp_path / "store").rename(on_nfs / "store")
    with pytest.raises(StoreUnavailableError, match="nfs4"):
        fingerpost.open_store(on_nfs / "store", create=False)


def test_content_may_be_there(on_nfs, tmp_path):
    fingerpost.open_store(tmp_path / "store", content=on_nfs / "content").close()
    fingerpost.open_store(tmp_path / "store").close()


@pytest.mark.parametrize("yes", ["yes", "1", "TRUE"])
def test_who_knows_better_says_so(on_nfs, monkeypatch, yes):
    monkeypatch.setenv("FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS", yes)
    fingerpost.open_store(on_nfs / "store").close()


def test_an_answer_that_is_neither_yes_nor_no_is_refused(on_nfs, monkeypatch):
    monkeypatch.setenv("FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS", "maybe")
    with pytest.raises(InvalidValueError, match="yes or no"):
        fingerpost.open_store(on_nfs / "store")


def test_this_machines_folders_can_be_asked_about(tmp_path):
    assert network_kind(Path("/proc")) is None
    assert network_kind(tmp_path / "not" / "there") == network_kind(tmp_path)
