function Update-Connection {
    <#
    .SYNOPSIS
        Brings what a connection says of its token up to date, from the token at hand; nobody is asked for one.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $reply = $null
    try {
        $reply = Invoke-NativeOperation -Function 'exrun_token_acquire' -Request @{ cachedOnly = $true } -Session $Session
    } catch {
        # What it said last stands: a list is no place to fail.
        Remove-CaughtError -Exception $_.Exception
    }
    if ($null -ne $reply) { Update-SessionClaim -Session $Session -Reply $reply }
}
