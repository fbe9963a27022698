function Invoke-InputScript {
    <#
    .SYNOPSIS
        What a run's script block gives for one entry of the input, which is the block's $_; and whether null is meant
        in it. Throws where it gave nothing that was to be something.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        # The member of the input line that the block gives.
        [Parameter(Mandatory = $true)] [string] $Member,
        [AllowNull()] [object] $Mailbox
    )

    $variables = [System.Collections.Generic.List[psvariable]]::new()
    $variables.Add([psvariable]::new('_', $Mailbox))
    $invoke = [scriptblock].GetMethod('InvokeWithContext', [type[]] @([System.Collections.IDictionary], [System.Collections.Generic.List[psvariable]], [object[]]))
    $given = Invoke-CallerCode { Invoke-Method -Method $invoke -On $Run.InputScript[$Member].Block -Arguments $null, $variables, @() }
    if ($given -is [System.Exception]) { Stop-Attempt $given }
    $given = @($given)
    # Nothing is null, and one value is itself.
    if ($given.Count -le 1) { $given = if ($given.Count -eq 1) { , $given[0] } }
    $bound = $Run.Cmdlet.MyInvocation.BoundParameters
    if ($Member -eq '@settings' -and $given -is [string] -and $given.Trim() -ne '') {
        $given = ConvertFrom-JsonText -Text $given -Subject 'the settings are' -Advice 'give an object or a hashtable'
    }
    $isOfDatabase = $Mailbox -is [System.Data.DataRow] -or $Mailbox -is [System.Data.DataRowView]
    $state = @{ Meant = $false; IsOfDatabase = $isOfDatabase; IsOnlyNull = $false }
    if (-not $bound['AllowNull']) {
        $nothing = Find-Nothing -Value $given -State $state
        if ($nothing -and $Member -eq '@path') { $nothing += ', which is not a path' }
        if ($nothing) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
                '{0}; where nothing is meant, say so with -AllowNull, or with [DBNull]::Value in its place' -f $nothing))
        }
    }
    if ($Member -eq '@body') { $given = ConvertTo-RequestBody -Cmdlet $Run.Cmdlet -Body $given -Header $bound['Header'] }
    if ($Member -eq '@verify' -and $null -ne $given) { $given = ConvertTo-LookUp -Verify $given }
    if ($Member -eq '@settings') {
        $given = Join-MailboxSetting -Cmdlet $Run.Cmdlet -Bound $bound -Settings $given
        # A reply without a text, which a parameter says for all.
        foreach ($name in 'InternalReplyMessage', 'ExternalReplyMessage') { if ($bound.ContainsKey($name) -and $bound[$name] -eq '') { $state.Meant = $true } }
    }
    return $given, $state.Meant
}
