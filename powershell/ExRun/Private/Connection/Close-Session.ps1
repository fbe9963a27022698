function Close-Session {
    <#
    .SYNOPSIS
        Frees the client of a session, unless the session is a connection, which others use.
    .DESCRIPTION
        Safe in a finally block of a pipeline that is being stopped: it writes nothing and calls no cmdlet.
    #>
    [CmdletBinding()]
    param(
        [AllowNull()] [psobject] $Session,
        # Also that of a connection, which nobody has any more.
        [switch] $Shared
    )

    if ($null -eq $Session -or $Session.Client -eq 0 -or ($Session.Shared -and -not $Shared)) { return }
    [void] $Session.Native::exrun_client_free($Session.Client)
    $Session.Client = 0
}
