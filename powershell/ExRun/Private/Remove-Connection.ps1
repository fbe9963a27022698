function Remove-Connection {
    <#
    .SYNOPSIS
        Forgets a connection and frees its client. Nothing happens where there is none of that name.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name)

    $table = Get-ConnectionTable
    $session = $table[$Name]
    if ($null -eq $session) { return }
    $table.Remove($Name)
    [void] $session.Native::exrun_client_free($session.Client)
}
