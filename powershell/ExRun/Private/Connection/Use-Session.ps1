# No [CmdletBinding()] and no [Parameter()] here, for the reason that Invoke-Guarded has.
function Use-Session {
    <#
    .SYNOPSIS
        Does something with a session, emits what it gives, and frees the client after it where the session is not shared;
        with Keep only where it does not come to its end.
    #>
    param(
        [psobject] $Session,
        [scriptblock] $Do,
        [switch] $Keep
    )

    $isDone = $false
    try {
        & $Do
        $isDone = $true
    } finally {
        # Also where it is stopped meanwhile.
        if (-not ($isDone -and $Keep)) { Close-Session -Session $Session }
    }
}
