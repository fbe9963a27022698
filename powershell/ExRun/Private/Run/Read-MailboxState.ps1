function Read-MailboxState {
    <#
    .SYNOPSIS
        A wanted state as it goes into a request: of a file of .json its text, of a .psd1 what it holds, else what was given.
        Throws where it is not there or cannot be read.
    .DESCRIPTION
        A .psd1 is read as data: what would have to be run is refused. Text of JSON goes out as it stands, for read and
        written again its numbers and dates might not be the same.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [AllowNull()] [object] $State
    )

    $plain = $State
    if ($State -is [psobject]) { $plain = $State.PSObject.BaseObject }
    if ($plain -is [System.IO.FileInfo]) { $plain = $plain.FullName }
    if ($plain -is [System.Management.Automation.PathInfo]) { $plain = $plain.ProviderPath }
    if ($plain -isnot [string]) { return , $State }
    if ([System.IO.Path]::GetExtension($plain) -notin '.json', '.psd1') {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $plain -Message ('-State {0}: must be a file of .json or .psd1, or a hashtable' -f $plain))
    }
    $path = Resolve-FilePath -Cmdlet $Cmdlet -Path $plain
    if (-not [System.IO.File]::Exists($path)) {
        Stop-Attempt (New-ExRunException -Name 'File' -Target $path -Message ('there is no file {0}' -f $path))
    }
    if ([System.IO.Path]::GetExtension($path) -eq '.psd1') { return Read-DataFile -Path $path }
    $text = [System.IO.File]::ReadAllText($path).TrimStart([char] 0xFEFF)
    [void] (ConvertFrom-JsonText -Text $text -Subject ('-State {0}: it is' -f $path) -Advice 'give a state as docs/state.md describes it')
    # A line break cannot stand within a string of JSON, and outside of one it is only a blank.
    return [pscustomobject] @{ PSTypeName = 'ExRun.JsonText'; Text = ($text -replace '[\r\n]', ' ') }
}
